/** Places in the queue of the jobs that somebody watches; nothing is asked while nobody does. */
import { findPlaces } from '../db/job-queue.ts';
import type { ApiDependencies } from './dependencies.ts';
import { throttled } from './throttled.ts';

type Deps = Pick<ApiDependencies, 'database' | 'notifications' | 'log'>;
export type QueuePlaces = {
  /** Tells the place soon, and whenever it has changed; nothing while the job does not wait. @returns ends it */
  follow(jobId: string, listener: (queuePlace: number) => void): () => void;
  close(): void;
};
type Follower = { listener: (queuePlace: number) => void; told?: number };

const everyMs = 250;

export function createQueuePlaces(deps: Deps): QueuePlaces {
  const followers = new Map<string, Follower>();
  const read = throttled(everyMs, deps, async () => {
    for (const { jobId, queuePlace } of await findPlaces(deps.database.db, [...followers.keys()])) {
      const follower = followers.get(jobId);
      if (!follower || follower.told === queuePlace) continue;
      follower.told = queuePlace;
      follower.listener(queuePlace);
    }
  });
  // any job may have come or gone
  const unsubscribe = deps.notifications.subscribe(({ type }) => {
    if (followers.size > 0 && type !== 'down') read.soon();
  });
  return {
    follow(jobId, listener) {
      const follower = { listener };
      followers.set(jobId, follower);
      read.soon();
      return () => void (followers.get(jobId) === follower && followers.delete(jobId));
    },
    close() {
      unsubscribe();
      read.stop();
      followers.clear();
    },
  };
}
