/** Proof of a job that could not be stored, until somebody can be told: no step waits for it, and none fails of it. */
import { NotStored } from '../artifacts/store.ts';
import { firstLine } from './step-failure.ts';

export type LostProof = {
  /** `what`: in the singular, as in "picture" */
  add(jobId: string, what: 'picture' | 'page', error: unknown): void;
  /** Forgets it. @returns in words; nothing when nothing was lost */
  take(jobId: string): string[];
};

const words = {
  picture: { one: 'A picture', many: 'pictures' },
  page: { one: 'The document of a failed step', many: 'documents of failed steps' },
} as const;

export function createLostProof(): LostProof {
  const jobs = new Map<string, Map<string, { what: 'picture' | 'page'; why: string; times: number }>>();
  return {
    add(jobId, what, error) {
      const why = whyNotStored(error);
      const ofJob = jobs.get(jobId) ?? new Map<string, { what: 'picture' | 'page'; why: string; times: number }>();
      const known = ofJob.get(`${what} ${why}`) ?? { what, why, times: 0 };
      ofJob.set(`${what} ${why}`, { ...known, times: known.times + 1 });
      jobs.set(jobId, ofJob);
    },
    take(jobId) {
      const lost = [...(jobs.get(jobId)?.values() ?? [])];
      jobs.delete(jobId);
      return lost.map(({ what, why, times }) => {
        const { one, many } = words[what];
        return `${times === 1 ? one : `${times} ${many}`} could not be stored: ${why}`;
      });
    },
  };
}

/** In words that people read. */
export const whyNotStored = (error: unknown): string =>
  error instanceof NotStored && error.code === 'no_space' ? 'the disk is full' : firstLine(error).slice(0, 300);
