/** What a report says about its parts. Pure. */
import type { Artifact } from '../../../../src/contract/artifact.ts';
import type { ExecutionReport, ReportNote, StepExecutionResult } from '../../../../src/contract/report.ts';
import { alikeWords } from '../../format/alike.ts';
import { exactTime, timeOfDay } from '../../format/moment.ts';
import { duration } from '../../format/duration.ts';
import type { Tone } from '../../status/vocabulary.ts';

/** "24 Oct 2026, 13:46:02 – 14:14:16", with the day where it ended on another one. */
export function ranWords({ startedAt, finishedAt }: Pick<ExecutionReport, 'startedAt' | 'finishedAt'>): string {
  if (startedAt === null) return 'It never began';
  if (finishedAt === null) return `Since ${exactTime(startedAt)}`;
  const [from, to] = [exactTime(startedAt), exactTime(finishedAt)];
  const sameDay = from.slice(0, from.indexOf(',')) === to.slice(0, to.indexOf(','));
  return `${from} – ${sameDay ? timeOfDay(finishedAt) : to}`;
}

/** "payment-run@v4 · Understudy 1.3.0 · Chromium 148". */
export function versionsWords({ runbook, versions }: Pick<ExecutionReport, 'runbook' | 'versions'>): string {
  const browser = versions.browser?.replace(/^(\S+ \d+)[\d.]*$/, '$1');
  return [runbook && `${runbook.id}@v${runbook.version}`, `Understudy ${versions.understudy}`, browser].filter(Boolean).join(' · ');
}

export type Total = { label: string; value: string; tone?: Tone };
export function totalsOf(report: ExecutionReport): Total[] {
  const { totalDurationMs, totalSteps, executed, succeeded, failed, skipped, retries } = report;
  return [
    { label: report.finishedAt === null ? 'So far' : 'Duration', value: duration(totalDurationMs) },
    { label: 'Executed', value: `${executed} of ${totalSteps}` },
    { label: 'Succeeded', value: String(succeeded), tone: succeeded > 0 && succeeded === totalSteps ? 'ok' : undefined },
    { label: 'Failed', value: String(failed), tone: failed > 0 ? 'fail' : undefined },
    { label: 'Skipped', value: String(skipped) },
    { label: 'Retries', value: String(retries) },
  ];
}

export const noteTones: Record<ReportNote['kind'], Tone> = {
  approval: 'wait',
  restored: 'pause',
  repeated: 'pause',
  retried: 'wait',
  kept: 'ok',
  command: 'idle',
  warning: 'wait',
};

/** A picture of the job. `from`: its step's ordinal; `text`: what it shows, in words. */
export type Shot = { artifact: Artifact; from: number | undefined; text: string };

const iterationWords = (iterations: readonly number[] | undefined): string =>
  iterations && iterations.length > 0 ? ` · iteration ${iterations.map((index) => index + 1).join('.')}` : '';

type Words = (name: string, artifact: Artifact) => string;
const afterStep: Words = (name, { detail }) => `${name || detail?.page?.title || 'A page'}${iterationWords(detail?.iterations)}`;
const shotWords: Record<NonNullable<NonNullable<Artifact['detail']>['because']>, Words> = {
  step: afterStep,
  wait: afterStep,
  failure: (name) => `Failed: ${name}`,
  approval: (name) => `Before ${name ? `“${name}”` : 'a person was asked'}`,
  end: () => 'The page as the job left it',
};

/** Pictures of older releases say nothing of themselves: one that is of no step is the last page. */
function shotText(artifact: Artifact, step: StepExecutionResult | undefined): string {
  const because = artifact.detail?.because ?? (artifact.stepId === null ? 'end' : 'step');
  return shotWords[because](step?.description ?? '', artifact);
}

/** The pictures in the order in which they were taken. */
export function shotsOf({ artifacts, steps }: Pick<ExecutionReport, 'artifacts' | 'steps'>): Shot[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return artifacts
    .filter(({ kind }) => kind === 'screenshot')
    .map((artifact) => {
      const step = artifact.stepId === null ? undefined : byId.get(artifact.stepId);
      return { artifact, from: step?.ordinal, text: shotText(artifact, step) };
    });
}

/** What the picture is, for those who do not see it; its text stands beside it. */
export const shotAlt = ({ artifact: { detail }, from }: Shot): string =>
  `Screenshot${from === undefined ? '' : ` of step ${from}`}${detail?.page?.title ? `: the page “${detail.page.title}”` : ''}${
    detail?.alike ? `. ${alikeWords(detail.alike)}` : ''
  }`;

/** Of which step a file is; of the whole job when it is of none. */
export function placeOf({ stepId }: Artifact, steps: readonly StepExecutionResult[]): string {
  const step = steps.find(({ id }) => id === stepId);
  return step ? `step ${step.ordinal}` : 'whole job';
}

const fileOrder: readonly Artifact['kind'][] = ['export', 'download', 'snapshot', 'video', 'trace'];

/** Everything that is no picture: first what the job was for, then what it was recorded by; each in the order in which it came. */
export const filesOf = ({ artifacts }: Pick<ExecutionReport, 'artifacts'>): Artifact[] =>
  fileOrder.flatMap((kind) => artifacts.filter((artifact) => artifact.kind === kind));

const fileWords: Record<Artifact['kind'], string> = {
  screenshot: 'Screenshot',
  download: 'Download',
  export: 'Export',
  video: 'Video',
  trace: 'Trace',
  snapshot: 'Document of the page',
};
export const fileWord = ({ kind }: Pick<Artifact, 'kind'>): string => fileWords[kind];

/**
 * Why there is no video, where somebody would look for one; empty when nobody asked for it and it could have been had.
 * `unavailable`: what the server says about videos of jobs to come.
 */
export function whyNoVideo(
  { options, missing }: Pick<ExecutionReport, 'options' | 'missing'>,
  unavailable: string | null | undefined,
): string {
  const said = missing.filter((text) => /video/i.test(text));
  if (said.length > 0) return said.join(' ');
  if (options?.video) return 'A video was asked for; none was kept.';
  return unavailable ?? '';
}
