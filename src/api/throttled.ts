import type { ApiDependencies } from './dependencies.ts';

/** Works soon after it is asked, at most once per interval; a failure is tried again after the next interval. */
export function throttled(
  intervalMs: number,
  { log }: Pick<ApiDependencies, 'log'>,
  work: () => Promise<void>,
): { soon(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let asked = false;
  let stopped = false;
  const run = async (): Promise<void> => {
    asked = false;
    await work().catch((err: unknown) => {
      asked = true;
      log.debug({ err }, 'what changed could not be read; it is tried again');
    });
    timer = setTimeout(() => {
      timer = undefined;
      if (asked && !stopped) start();
    }, intervalMs);
  };
  const start = (): void => {
    timer = setTimeout(() => undefined, 0);
    void run();
  };
  return {
    soon() {
      asked = true;
      if (timer === undefined && !stopped) start();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
