/** Settles as `work` does, or rejects with the signal's reason as soon as it is aborted: a hostile page may never answer. */
export function race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // the loser must not become an unhandled rejection
  work.catch(() => undefined);
  if (signal.aborted) return Promise.reject(toError(signal.reason));
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(toError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    const stop = (): void => signal.removeEventListener('abort', onAbort);
    work.then(
      (value) => (stop(), resolve(value)),
      (error: unknown) => (stop(), reject(toError(error))),
    );
  });
}

/** Resolves after `ms`, or rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  return race(
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
    signal,
  ).finally(() => clearTimeout(timer));
}

/** The value of `work`, or undefined when it fails or takes longer than `ms`. For evidence, which is nice to have. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('took too long')), ms);
  try {
    return await race(work, limit.signal);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
