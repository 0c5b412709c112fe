/** Browser slots of this machine, first come, first served. */
export type Slots = {
  readonly total: number;
  readonly used: number;
  readonly waiting: number;
  /** Resolves with the function that gives the slot back (calling it again does nothing). Rejects with `signal.reason` when aborted while it waits. */
  take(signal: AbortSignal): Promise<() => void>;
};

export function createSlots(total: number): Slots {
  const queue = new Set<() => void>();
  let used = 0;

  const grant = (): (() => void) => {
    used += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      used -= 1;
      const next = queue.values().next().value;
      if (next) {
        queue.delete(next);
        next();
      }
    };
  };

  return {
    total,
    get used() {
      return used;
    },
    get waiting() {
      return queue.size;
    },
    take(signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      if (used < total) return Promise.resolve(grant());
      return new Promise((resolve, reject) => {
        const leave = () => {
          queue.delete(enter);
          reject(signal.reason as Error);
        };
        const enter = () => {
          signal.removeEventListener('abort', leave);
          resolve(grant());
        };
        queue.add(enter);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
