/** The steps that this worker carries out now, so that a pause or a cancel can reach them. */
export type Running = {
  add(jobId: string, instance: number): { signal: AbortSignal; end(): void };
  abort(jobId: string, instances: number[]): void;
};

export function createRunning(): Running {
  const steps = new Map<string, Set<AbortController>>();
  return {
    add(jobId, instance) {
      const key = `${jobId}:${instance}`;
      const controller = new AbortController();
      const same = steps.get(key) ?? new Set<AbortController>();
      steps.set(key, same.add(controller));
      const end = (): void => {
        same.delete(controller);
        if (same.size === 0) steps.delete(key);
      };
      return { signal: controller.signal, end };
    },
    abort(jobId, instances) {
      for (const instance of instances) for (const controller of steps.get(`${jobId}:${instance}`) ?? []) controller.abort();
    },
  };
}
