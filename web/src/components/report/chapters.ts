/** The chapters of a video: the steps of the job on the video's own time, from which long waits are cut out. Pure. */
import type { Artifact } from '../../../../src/contract/artifact.ts';
import type { StepStatus } from '../../../../src/contract/job.ts';
import type { StepExecutionResult } from '../../../../src/contract/report.ts';

type Recording = NonNullable<NonNullable<Artifact['detail']>['video']>;
/** One file of the video. `fromMs`: where it begins on the time of all files one after the other. */
export type Part = { artifact: Artifact; video: Recording; fromMs: number };
/** `id`: of the step; a time through a loop has the loop's. Ends where the next one begins. */
export type Chapter = { key: string; ordinal: number; text: string; status: StepStatus; fromMs: number; toMs: number };
/** A stretch without a cut: by the clock from `at` (ms since the epoch), on the whole time from `fromMs`. */
type Stretch = { at: number; fromMs: number; lengthMs: number };

/** The files of the video in order; those of which nothing is known are left out. */
export function partsOf(artifacts: readonly Artifact[]): Part[] {
  let fromMs = 0;
  return artifacts
    .filter(({ kind }) => kind === 'video')
    .flatMap((artifact) => (artifact.detail?.video ? [{ artifact, video: artifact.detail.video }] : []))
    .sort((a, b) => beginOf(a.video) - beginOf(b.video))
    .map(({ artifact, video }) => {
      const part = { artifact, video, fromMs };
      fromMs += video.durationMs;
      return part;
    });
}
const beginOf = ({ segments }: Recording): number => (segments[0] ? Date.parse(segments[0].at) : 0);

export const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, { video }) => sum + video.durationMs, 0);

const stretchesOf = (parts: readonly Part[]): Stretch[] =>
  parts.flatMap(({ video: { segments, durationMs }, fromMs }) =>
    segments.map(({ at, ms }, i) => ({
      at: Date.parse(at),
      fromMs: fromMs + ms,
      lengthMs: Math.max(0, (segments[i + 1]?.ms ?? durationMs) - ms),
    })),
  );

/** Where the video shows this moment; of a moment that is cut out, where it goes on. */
function positionOf(at: number, stretches: readonly Stretch[]): number {
  const last = stretches.findLast((stretch) => stretch.at <= at);
  return last ? last.fromMs + Math.min(at - last.at, last.lengthMs) : 0;
}

/** How much time the video leaves out between its first picture and its last, in ms. */
export function cutOf(parts: readonly Part[]): number {
  const stretches = stretchesOf(parts);
  return stretches.slice(1).reduce((sum, next, i) => {
    const before = stretches[i];
    return before ? sum + Math.max(0, next.at - before.at - before.lengthMs) : sum;
  }, 0);
}

type Moment = { key: string; ordinal: number; text: string; status: StepStatus; at: number };

/** Steps in loops have the time of their last iteration only: the iterations stand for them. */
function momentsOf(steps: readonly StepExecutionResult[]): Moment[] {
  let loopDepth: number | undefined;
  return steps.flatMap(({ id, ordinal, description, status, depth, container, iterations, startedAt }): Moment[] => {
    if (loopDepth !== undefined && depth > loopDepth) return [];
    loopDepth = container === 'loop' ? depth : undefined;
    if (container === 'loop') {
      return (iterations ?? []).map((one) => ({
        key: `${id}.${one.index}`,
        ordinal,
        text: `${description} · ${one.label ?? `iteration ${one.index + 1}`}`,
        status: one.status,
        at: Date.parse(one.startedAt),
      }));
    }
    return container || startedAt === undefined ? [] : [{ key: id, ordinal, text: description, status, at: Date.parse(startedAt) }];
  });
}

/** In order of time, without a hole: the first one begins with the video, and each ends where the next one begins. */
export function chaptersOf(steps: readonly StepExecutionResult[], parts: readonly Part[]): Chapter[] {
  const stretches = stretchesOf(parts);
  const moments = momentsOf(steps).sort((a, b) => a.at - b.at);
  const starts = moments.map(({ at }, i) => (i === 0 ? 0 : positionOf(at, stretches)));
  const total = lengthOf(parts);
  return moments.map(({ key, ordinal, text, status }, i) => ({
    ...{ key, ordinal, text, status },
    fromMs: starts[i] ?? 0,
    toMs: starts[i + 1] ?? total,
  }));
}

/** The chapter that is shown at `ms`. */
export const chapterAt = (chapters: readonly Chapter[], ms: number): Chapter | undefined => chapters.findLast(({ fromMs }) => fromMs <= ms);

/** Where the next chapter or the one before begins, in ms; the first one's beginning has none before it, and the last has none after it. */
export function neighbourOf(chapters: readonly Chapter[], ms: number, by: 1 | -1): number | undefined {
  return chapters[chapters.findLastIndex(({ fromMs }) => fromMs <= ms) + by]?.fromMs;
}

/** The file that shows `ms` of the whole, and where in it. */
export function placeIn(parts: readonly Part[], ms: number): { index: number; ms: number } {
  const index = Math.max(
    0,
    parts.findLastIndex(({ fromMs }) => fromMs <= ms),
  );
  const part = parts[index];
  return { index, ms: part ? Math.min(Math.max(0, ms - part.fromMs), part.video.durationMs) : 0 };
}
