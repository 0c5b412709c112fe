/** Proof of a job that could not be stored, until somebody can be told: no step waits for it, and none fails of it. */
import { whyNotStored } from './why-not-stored.ts';

export type Proof = 'picture' | 'page';
export type LostProof = {
  /** it was there, and was not stored */
  add(jobId: string, what: Proof, error: unknown): void;
  /** of a failed step, and the page did not give it */
  ungiven(jobId: string, what: Proof): void;
  /** of a step that failed since its browser has gone; `ordinal`: its number in the plan. Harmless when repeated */
  gone(jobId: string, ordinal: number): void;
  /** what is missing, in words already */
  tell(jobId: string, what: readonly string[]): void;
  /** Forgets it, so that it is told once: last of all, when nothing can fail any more. @returns in words; nothing when nothing was lost */
  take(jobId: string): string[];
};

type Named = { one: string; many: string };
const stored: Record<Proof, Named> = {
  picture: { one: 'A picture', many: 'pictures' },
  page: { one: 'The document of a failed step', many: 'documents of failed steps' },
};
const given: Record<Proof, Named & { why: string }> = {
  picture: {
    ...{ one: 'The picture of a failed step', many: 'pictures of failed steps' },
    why: 'could not be had: the page gave none in time, or not all that is secret on it could be covered',
  },
  page: { ...stored.page, why: 'could not be had: the page did not tell it in time' },
};

type OfJob = { told: string[]; gone: Set<number>; counted: Map<string, Named & { why: string; times: number }> };

export function createLostProof(): LostProof {
  const jobs = new Map<string, OfJob>();
  const ofJob = (jobId: string): OfJob => {
    const job = jobs.get(jobId) ?? { told: [], gone: new Set(), counted: new Map() };
    jobs.set(jobId, job);
    return job;
  };
  const count = (jobId: string, what: Named & { why: string }): void => {
    const { counted } = ofJob(jobId);
    const key = `${what.one} ${what.why}`;
    counted.set(key, { ...what, times: (counted.get(key)?.times ?? 0) + 1 });
  };
  return {
    add: (jobId, what, error) => count(jobId, { ...stored[what], why: `could not be stored: ${whyNotStored(error)}` }),
    ungiven: (jobId, what) => count(jobId, given[what]),
    gone: (jobId, ordinal) => void ofJob(jobId).gone.add(ordinal),
    tell: (jobId, what) => void ofJob(jobId).told.push(...what),
    take(jobId) {
      const { told, gone, counted } = ofJob(jobId);
      jobs.delete(jobId);
      const lost = [...counted.values()].map(({ one, many, why, times }) => `${times === 1 ? one : `${times} ${many}`} ${why}`);
      return [...told, ...goneOf([...gone]), ...lost];
    },
  };
}

const mostNamed = 10;

function goneOf(ordinals: number[]): string[] {
  if (ordinals.length === 0) return [];
  if (ordinals.length === 1) return [`The picture of step ${ordinals[0]} is missing: its browser has gone`];
  const more = ordinals.length > mostNamed ? ` and ${ordinals.length - mostNamed} more` : '';
  return [`The pictures of steps ${ordinals.slice(0, mostNamed).join(', ')}${more} are missing: their browser has gone`];
}
