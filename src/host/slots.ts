/** Browser slots of this machine: first come, first served, but a job that comes back goes before those that have not begun. */
export type Slots = {
  readonly total: number;
  readonly used: number;
  readonly waiting: number;
  /**
   * Resolves with the function that gives the slot back (calling it again does nothing). Rejects with `signal.reason` when aborted while it waits.
   * `returning`: waits with its like before all others.
   */
  take(signal: AbortSignal, options?: { returning: boolean }): Promise<() => void>;
};

export function createSlots(total: number): Slots {
  const returns = new Set<() => void>();
  const others = new Set<() => void>();
  let used = 0;

  const grant = (): (() => void) => {
    used += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      used -= 1;
      const queue = returns.size > 0 ? returns : others;
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
      return returns.size + others.size;
    },
    take(signal, { returning } = { returning: false }) {
      const queue = returning ? returns : others;
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
