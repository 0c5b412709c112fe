/** Where a client of the multiplexed stream stands: the seq of every job it watches, and when it last heard of the list. */
export type Position = { seqs: Map<string, number>; at: number };

export function encodePosition({ seqs, at }: Position): string {
  const jobs = [...seqs].map(([jobId, seq]) => `${encodeURIComponent(jobId)}:${seq}`);
  return [at.toString(36), ...jobs].join(';');
}

/** Undefined for anything that is not one of ours. */
export function decodePosition(text: string): Position | undefined {
  const [at = '', ...jobs] = text.split(';');
  if (!/^[0-9a-z]{6,10}$/.test(at)) return undefined;
  const seqs = new Map<string, number>();
  for (const job of jobs) {
    const [, id, seq] = /^([\w.~!*'()%-]{1,300}):(\d{1,9})$/.exec(job) ?? [];
    if (id === undefined || seq === undefined) return undefined;
    try {
      seqs.set(decodeURIComponent(id), Number(seq));
    } catch {
      return undefined;
    }
  }
  return { seqs, at: Math.min(parseInt(at, 36), Date.now()) };
}
