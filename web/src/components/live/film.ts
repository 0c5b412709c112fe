/** The film of a job: its pictures in order of time, and which of them belongs to a moment. Pure. */
import type { Artifact } from '../../../../src/contract/artifact.ts';
import type { LiveFrame, Mark } from '../../../../src/contract/evidence.ts';
import type { Scale } from './axis-scale.ts';

/** `at`: ms since the start of the job. `src`: an address, or the picture itself as `data:`. */
export type Picture = {
  key: string;
  at: number;
  src: string;
  stepId: string | null;
  url: string;
  title: string;
  mark?: Mark;
  /** what the marked element is called, when it is one that may have been meant */
  alike?: string;
  /** what is to be known of it, a sentence */
  note?: string;
  /** width by height, where it is known before it has come */
  ratio?: number;
};
export type SeenFrame = LiveFrame;

/** Width by height of a browser that was not told otherwise (`workViewport` of its host): the room that is kept until there is a picture. */
export const usualRatio = 1280 / 720;

const mostKept = 60;
const firstGap = 1_000;

type Kept = { kept: readonly SeenFrame[]; gap: number };

/**
 * Of the frames seen live a bounded number is kept, evenly in time: when there are too many, every other one goes and they are taken half as often. One at which the page
 * comes to rest (`atRest`) is kept in any case, since it stands for all the time until the next.
 */
export function keepFrame({ kept, gap }: Kept, frame: SeenFrame, atRest = false): Kept {
  const last = kept.at(-1);
  if (isEmpty(frame) || (last && frame.at - last.at < (atRest ? 1 : gap))) return { kept, gap };
  const all = [...kept, frame];
  return all.length <= mostKept ? { kept: all, gap } : { kept: all.filter((_, i) => i % 2 === 0), gap: gap * 2 };
}

export const noFrames: Kept = { kept: [], gap: firstGap };
/** A browser that has just been opened. */
const isEmpty = ({ url }: SeenFrame): boolean => url === 'about:blank' || url === '';

const pictureOfFrame = (frame: SeenFrame, start: number): Picture => ({
  key: `live-${frame.at}`,
  at: frame.at - start,
  src: `data:image/jpeg;base64,${frame.jpeg}`,
  stepId: frame.doing?.stepId ?? null,
  url: frame.url,
  title: '',
  ...(frame.doing?.mark && { mark: frame.doing.mark }),
  ratio: frame.width / frame.height,
});

const pictureOfArtifact = ({ id, stepId, createdAt, detail }: Artifact, { start, href }: Reel): Picture => ({
  key: id,
  at: Date.parse(createdAt) - start,
  src: href(id),
  stepId,
  url: detail?.page?.url ?? '',
  title: detail?.page?.title ?? '',
  ...(detail && toldBy(detail)),
});

const toldBy = ({ mark, alike, note }: NonNullable<Artifact['detail']>): Pick<Picture, 'mark' | 'alike' | 'note'> => ({
  ...(mark && { mark }),
  ...(alike && { alike }),
  ...(note && { note }),
});

/** `start`: of the job, ms since the epoch; `href`: the address of a picture. */
export type Reel = { start: number; href: (artifactId: string) => string };

export function filmOf(artifacts: readonly Artifact[], seen: readonly SeenFrame[], reel: Reel): Picture[] {
  const kept = artifacts.filter(({ kind, type }) => kind === 'screenshot' && type.startsWith('image/'));
  return [...kept.map((artifact) => pictureOfArtifact(artifact, reel)), ...seen.map((frame) => pictureOfFrame(frame, reel.start))].sort(
    (a, b) => a.at - b.at,
  );
}

/** What the browser showed at `at`: the last picture before; before the first one, that one. */
export const pictureAt = (film: readonly Picture[], at: number): Picture | undefined => film.findLast((p) => p.at <= at) ?? film[0];

/** The picture of a step that was chosen: of its own ones the nearest; it is taken a little after the step has ended. A step without one shows what was there. */
export function pictureFor(film: readonly Picture[], at: number, stepId: string | undefined): Picture | undefined {
  const own = stepId === undefined ? [] : film.filter((p) => p.stepId === stepId);
  if (own.length === 0) return pictureAt(film, at);
  return own.reduce((near, p) => (Math.abs(p.at - at) < Math.abs(near.at - at) ? p : near));
}

/** Places in fractions of the axis. */
export type Cell = { key: number; left: number; width: number; picture: Picture };

/** The strip of the film: so many cells of the same width until `end` (ms), each with what was there at its middle. */
export function cellsOf(film: readonly Picture[], { scale, end, count }: { scale: Scale; end: number; count: number }): Cell[] {
  const first = film[0];
  if (!first || count < 1) return [];
  const whole = scale.place(end);
  const width = 1 / count;
  return Array.from({ length: Math.ceil(whole * count) }, (_, key) => {
    const left = key * width;
    const right = Math.min(whole, left + width);
    const picture = film.findLast((p) => scale.place(p.at) <= (left + right) / 2) ?? (scale.place(first.at) < right ? first : undefined);
    return picture && { key, left, width: right - left, picture };
  }).filter((cell) => cell !== undefined);
}
