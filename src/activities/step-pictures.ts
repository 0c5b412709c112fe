/** Pictures of what steps have done, taken beside the work: no step waits for one, and none fails of one. */
import type { ScreenshotPolicy } from '../contract/evidence.ts';
import type { StepTask } from '../contract/step-task.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { askPicture, looksOf, storePicture, type PictureMeans } from './picture.ts';
import { within } from './race.ts';

export type StepPictures = {
  /** A step is done: takes its picture when its policy wants one. */
  done(task: StepTask): void;
  /** A step begins to act: pictures of those before it that are not taken yet may show what it does. */
  acting(jobId: string): void;
  /** Waits, at most 2 s, for those that are under way; then forgets the job. @returns what is missing, in words */
  end(jobId: string): Promise<string[]>;
};

/** More steps than this wait for their picture only when they come faster than pictures can be taken. */
const mostWaiting = 3;
const mostOfJob = 1_000;
const endMs = 2_000;

/** `overtaken`: a later step has begun to act */
type Waiting = { task: StepTask; overtaken: boolean };
type OfJob = { waiting: Waiting[]; current: Waiting | undefined; busy: Promise<void> | null; looks: string; taken: number; left: number };

type Means = PictureMeans & Pick<WorkerDependencies, 'mac'>;

export function createStepPictures(dependencies: Means): StepPictures {
  const jobs = new Map<string, OfJob>();

  async function work(job: OfJob): Promise<void> {
    for (let next = job.waiting.shift(); next; next = job.waiting.shift()) {
      job.current = next;
      await takeOne(next, job, dependencies);
    }
    job.current = undefined;
    job.busy = null;
  }

  return {
    done(task) {
      const policy = policyOf(task);
      if (policy === 'failure' || policy === 'never') return;
      const job = jobs.get(task.jobId) ?? { waiting: [], current: undefined, busy: null, looks: '', taken: 0, left: 0 };
      jobs.set(task.jobId, job);
      job.waiting.push({ task, overtaken: false });
      // of steps that come too fast the newest counts; who wants every picture is told
      const left = job.taken >= mostOfJob ? job.waiting.pop() : job.waiting.length > mostWaiting ? job.waiting.shift() : undefined;
      if (left && policyOf(left.task) === 'always') job.left += 1;
      job.busy ??= work(job);
    },
    acting(jobId) {
      const job = jobs.get(jobId);
      for (const one of job ? [job.current, ...job.waiting] : []) if (one) one.overtaken = true;
    },
    async end(jobId) {
      const job = jobs.get(jobId);
      jobs.delete(jobId);
      if (!job) return [];
      if (job.busy) await within(endMs, job.busy);
      // what is not taken by now would be of another page, and nobody would hear of it
      const late = [job.current, ...job.waiting.splice(0)].filter((one) => one && policyOf(one.task) === 'always').length;
      const left = job.left + late;
      return left === 0
        ? []
        : [`${left === 1 ? 'The picture of one step was' : `Pictures of ${left} steps were`} not taken: ${whyLeft(job)}`];
    },
  };
}

async function takeOne(one: Waiting, job: OfJob, dependencies: Means): Promise<void> {
  const { task } = one;
  const { jobId, instance, step, iterations } = task;
  const picture = await askPicture(jobId, dependencies);
  const { overtaken } = one;
  if (!picture) {
    job.left += policyOf(task) === 'always' ? 1 : 0;
    return;
  }
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

const whyLeft = ({ taken }: OfJob): string =>
  taken >= mostOfJob
    ? `a job keeps at most ${mostOfJob}`
    : 'the steps came faster than pictures can be taken, or the page gave none in time';

const policyOf = ({ screenshots = 'change' }: Pick<StepTask, 'screenshots'>): ScreenshotPolicy => screenshots;
