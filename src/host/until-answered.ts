/** Asks at once and after every change; an aborted request leaves. */
export function untilAnswered<T>(ask: () => T | null | undefined, waiters: Set<() => void>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      waiters.delete(again);
      signal.removeEventListener('abort', leave);
      finish();
    };
    const leave = (): void => settle(() => reject(signal.reason as Error));
    const again = (): void => {
      try {
        const answer = ask();
        if (answer) settle(() => resolve(answer));
      } catch (error) {
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    };
    waiters.add(again);
    signal.addEventListener('abort', leave, { once: true });
    again();
  });
}
