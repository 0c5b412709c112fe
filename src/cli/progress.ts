/** The job as it goes, drawn: on a terminal a bar and the current step that stay at the bottom, elsewhere only lines. */
import type { JobState } from '../contract/job.ts';
import { currentIndex } from '../domain/nesting.ts';
import { fit, painter, plain, type Console, type Output, type Paint } from './console.ts';
import type { Watcher } from './follow.ts';
import { changeLines } from './job-lines.ts';
import { duration, endedLines, iterationsAround } from './step-lines.ts';

/** `end` takes the bar away and shows the cursor again. */
export type Progress = Watcher & { end(): void };

/** How often the time that a step takes is drawn anew, in ms. */
const redrawMs = 500;
const fewestColumns = 20;
const barColumns = 24;

const escape = { up: '\u001b[1A', clearBelow: '\u001b[0J', hideCursor: '\u001b[?25l', showCursor: '\u001b[?25h' };

/** Lines that are written over; everything else is written above them. */
class LiveArea {
  private readonly output: Output;
  private drawn = 0;

  constructor(output: Output) {
    this.output = output;
  }

  get columns(): number {
    return Math.max(fewestColumns, this.output.columns ?? 80);
  }

  /** In one write: a terminal that draws between two of them flickers. */
  draw(above: string[], live: string[]): void {
    const back = this.drawn > 0 ? `\r${escape.up.repeat(this.drawn)}${escape.clearBelow}` : '';
    const lines = [...above, ...live].map((line) => `${line}\n`).join('');
    this.output.write(`${live.length > 0 ? escape.hideCursor : escape.showCursor}${back}${lines}`);
    this.drawn = live.length;
  }
}

function bar({ counts }: JobState, columns: number, paint: Paint): string {
  const width = Math.min(barColumns, columns - 16);
  const ended = counts.succeeded + counts.failed + counts.skipped;
  const part = (count: number): number => (counts.total === 0 ? 0 : Math.round((count / counts.total) * width));
  const [good, all] = [part(counts.succeeded + counts.skipped), part(ended)];
  const drawn = paint('green', '█'.repeat(good)) + paint('red', '█'.repeat(all - good)) + paint('dim', '░'.repeat(width - all));
  return `${drawn} ${ended} of ${counts.total}`;
}

const standing: Partial<Record<JobState['status'], (state: JobState, queuePlace: number | null) => string>> = {
  queued: (_state, queuePlace) => `Waits for a free browser${queuePlace === null ? '' : `, place ${queuePlace}`}`,
  paused: () => 'Paused',
  scheduled: ({ scheduledFor }) => `Starts at ${scheduledFor ?? 'a later time'}`,
};

/** What the job does or waits for now. */
function currentLine(state: JobState, queuePlace: number | null): string {
  if (state.cancelling) return 'Cancelling';
  const stands = standing[state.status];
  if (stands) return stands(state, queuePlace);
  const index = currentIndex(state.steps);
  const step = state.steps[index];
  if (!step) return 'Finishing';
  const since = state.waitingSince ?? step.startedAt;
  const notes = [
    iterationsAround(state, index),
    state.status === 'waiting_for_approval' ? 'waits for a person' : '',
    since ? duration(Math.max(0, Date.now() - Date.parse(since))) : '',
  ];
  return [`▸ ${step.ordinal} ${plain(step.description)}`, ...notes.filter(Boolean)].join(' · ');
}

type Options = { output: Output; page: string };

/** A terminal gets the bar as well; `TERM=dumb` cannot move its cursor. */
export function createProgress(console: Console, { output, page }: Options): Progress {
  const paint = painter(output, console.env);
  const area = output.isTTY && console.env['TERM'] !== 'dumb' ? new LiveArea(output) : undefined;
  let state: JobState | undefined;
  let place: number | null = null;
  let broken: string | null = null;

  const live = (): string[] => {
    if (!area || !state || state.finishedAt) return [];
    const now = broken === null ? currentLine(state, place) : `The connection is lost (${plain(broken, 80)}); trying again`;
    return [fit(now, area.columns - 1), bar(state, area.columns, paint)];
  };
  const print = (lines: string[]): void => {
    if (area) area.draw(lines, live());
    else if (lines.length > 0) output.write(lines.map((line) => `${line}\n`).join(''));
  };
  const timer = area && setInterval(() => print([]), redrawMs);
  return {
    changed(next, before) {
      state = next;
      print([...endedLines(next, before, paint), ...changeLines({ state: next, before, page, paint })]);
    },
    queuePlace(next) {
      place = next;
      print([]);
    },
    connection(reason) {
      const changed = (broken === null) !== (reason === null);
      broken = reason;
      if (!area && changed)
        print([reason === null ? '· Connected again' : `! The connection is lost (${plain(reason, 200)}); trying again`]);
      else print([]);
    },
    end() {
      clearInterval(timer);
      state = undefined;
      area?.draw([], []);
    },
  };
}
