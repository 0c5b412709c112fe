/** Pictures of what steps have done, taken beside the work: no step waits for one, and none fails of one. */
import type { ScreenshotPolicy } from '../contract/evidence.ts';
import type { StepTask } from '../contract/step-task.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { askPicture, looksOf, storePicture, type PictureMeans } from './picture.ts';
import { within } from './race.ts';

export type StepPictures = {
  /** A step is done: takes its picture when its policy wants one. */
  done(task: StepTask): void;
  /**
   * A step begins to act: pictures of those before it that are not taken yet may show what it does. `learnsSecret`: it captures a secret, which nobody knows to cover before
   * it is captured; then there is no such picture.
   */
  acting(jobId: string, learnsSecret: boolean): void;
  /** Waits, at most 2 s, for those that are under way; then forgets the job. @returns what is missing, in words */
  end(jobId: string): Promise<string[]>;
};

/**
 * From one picture to the next: a picture costs the browser about as much as a quick step, so that one of every step would make a job of quick steps half as long again.
 * With the usual pause between steps each has its own.
 */
const betweenMs = 400;
const mostOfJob = 1_000;
const endMs = 2_000;

/** `overtaken`: a later step has begun to act. `dropped`: one that captures a secret */
type Waiting = { task: StepTask; overtaken: boolean; dropped: boolean };
type OfJob = {
  next: Waiting | undefined;
  current: Waiting | undefined;
  busy: Promise<void> | null;
  /** ends the pause between two pictures */
  hurry: () => void;
  over: boolean;
  looks: string;
  taken: number;
  left: number;
  /** whether one was left since a step learned a secret */
  secret: boolean;
};

type Means = PictureMeans & Pick<WorkerDependencies, 'mac'>;

const nothing = (): void => undefined;
const emptyJob = (): OfJob => ({
  ...{ next: undefined, current: undefined, busy: null, hurry: nothing, over: false, looks: '', taken: 0, left: 0, secret: false },
});

export function createStepPictures(dependencies: Means): StepPictures {
  const jobs = new Map<string, OfJob>();

  async function work(job: OfJob): Promise<void> {
    for (let next = job.next; next; next = job.next) {
      [job.current, job.next] = [next, undefined];
      const pause = pauseOf(job);
      await takeOne(next, job, dependencies);
      job.current = undefined;
      await pause;
    }
    job.busy = null;
  }

  return {
    done(task) {
      const policy = policyOf(task);
      if (policy === 'failure' || policy === 'never') return;
      const job = jobs.get(task.jobId) ?? emptyJob();
      jobs.set(task.jobId, job);
      if (job.taken >= mostOfJob) return leave(job, waiting(task));
      // of steps that come too fast the newest counts
      leave(job, job.next);
      job.next = waiting(task);
      job.busy ??= work(job);
    },
    acting(jobId, learnsSecret) {
      const job = jobs.get(jobId);
      for (const one of [job?.current, job?.next]) if (one) Object.assign(one, { overtaken: true, dropped: one.dropped || learnsSecret });
    },
    async end(jobId) {
      const job = jobs.get(jobId);
      jobs.delete(jobId);
      if (!job) return [];
      job.over = true;
      job.hurry();
      if (job.busy) await within(endMs, job.busy);
      // what is not taken by now would be of another page, and nobody would hear of it
      leave(job, job.current);
      leave(job, job.next);
      job.next = undefined;
      return missingOf(job);
    },
  };
}

const waiting = (task: StepTask): Waiting => ({ task, overtaken: false, dropped: false });

/** Who wants a picture of every step is told. */
function leave(job: OfJob, one: Waiting | undefined): void {
  if (one && policyOf(one.task) === 'always') Object.assign(job, { left: job.left + 1, secret: job.secret || one.dropped });
}

const missingOf = ({ left, ...job }: OfJob): string[] => {
  const what = left === 1 ? 'The picture of one step was' : `Pictures of ${left} steps were`;
  return left === 0 ? [] : [`${what} not taken: ${whyLeft(job)}`];
};

/** Nobody waits between two pictures of a job that is over. */
const pauseOf = (job: OfJob): Promise<void> =>
  new Promise((resolve) => {
    if (job.over) return resolve();
    const timer = setTimeout(resolve, betweenMs);
    job.hurry = () => {
      clearTimeout(timer);
      resolve();
    };
  });

async function takeOne(one: Waiting, job: OfJob, dependencies: Means): Promise<void> {
  const { task } = one;
  const { jobId, instance, step, iterations } = task;
  const picture = one.dropped ? undefined : await askPicture(jobId, dependencies);
  const { overtaken, dropped } = one;
  if (!picture || dropped) return leave(job, one);
  const looks = looksOf(picture);
  if (policyOf(task) === 'change' && looks === job.looks) return;
  // what it shows is the next step's, which is to have its own picture
  if (!overtaken) job.looks = looks;
  job.taken += 1;
  const key = dependencies.mac(JSON.stringify(['step picture', jobId, instance]));
  const detail = { because: 'step' as const, ...(iterations && { iterations }), ...(overtaken && { note: overtakenNote }) };
  await storePicture({ jobId, stepId: step.id, name: `${step.id}.jpg`, key, detail }, picture, dependencies);
}

const overtakenNote = 'Taken when the next step had begun to act: it may show what that step has done.';

function whyLeft({ taken, secret }: Pick<OfJob, 'taken' | 'secret'>): string {
  if (taken >= mostOfJob) return `a job keeps at most ${mostOfJob}`;
  const learned = secret ? 'what a step captured is secret, ' : '';
  return `${learned}the steps came faster than pictures are taken (one in ${betweenMs} ms: see pauseBetweenSteps), or the page gave none in time`;
}

const policyOf = ({ screenshots = 'change' }: Pick<StepTask, 'screenshots'>): ScreenshotPolicy => screenshots;
