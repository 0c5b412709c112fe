/** What whoever watches a job is told, whether the job has a browser at the moment or not. */
import type { Doing } from '../contract/evidence.ts';
import type { Capture, CapturedFrame } from './capture/capture.ts';
import type { HostLiveMessage } from './protocol.ts';

export type LiveListener = (message: HostLiveMessage) => void;
type State = Extract<HostLiveMessage, { type: 'state' }>['state'];
/** `leave`: ends the taking of pictures */
type Live = {
  listeners: Set<LiveListener>;
  capture: Capture | null;
  mayBeSeen: boolean;
  doing: Doing | null;
  state: State;
  since: number;
  leave: (() => void) | null;
};

export class LiveJobs {
  readonly #jobs = new Map<string, Live>();

  /** Tells everything up to now at once, then what changes. @returns ends it */
  watch(jobId: string, listener: LiveListener): () => void {
    const live = this.#of(jobId);
    listener({ type: 'state', state: live.state, since: live.since });
    listener({ type: 'doing', doing: live.doing });
    live.listeners.add(listener);
    if (live.leave) {
      // who joins gets the last picture by the capture itself
      live.capture?.watch(once(frameTo(listener)))();
    } else this.#begin(live);
    return () => {
      live.listeners.delete(listener);
      if (live.listeners.size > 0) return;
      this.#end(live);
      this.#tidy(jobId, live);
    };
  }

  /** The job's browser stands, or has gone (null). */
  setBrowser(jobId: string, capture: Capture | null, mayBeSeen = true): void {
    const live = this.#of(jobId);
    this.#end(live);
    this.setDoing(jobId, () => null);
    Object.assign(live, { capture, mayBeSeen });
    this.#become(live, stateOf(live));
    this.#begin(live);
    this.#tidy(jobId, live);
  }

  /** A browser has gone; another one may stand in its place already. */
  loseBrowser(jobId: string, capture: Capture): void {
    if (this.#jobs.get(jobId)?.capture === capture) this.setBrowser(jobId, null);
  }

  setDoing(jobId: string, change: (before: Doing | null) => Doing | null): void {
    const live = this.#jobs.get(jobId);
    const doing = change(live?.doing ?? null);
    if (!live || doing === live.doing) return;
    live.doing = doing;
    tell(live, { type: 'doing', doing });
  }

  #of(jobId: string): Live {
    const live = this.#jobs.get(jobId) ?? {
      listeners: new Set(),
      capture: null,
      mayBeSeen: true,
      doing: null,
      state: 'none',
      since: Date.now(),
      leave: null,
    };
    this.#jobs.set(jobId, live);
    return live;
  }

  #tidy(jobId: string, live: Live): void {
    if (live.listeners.size === 0 && !live.capture) this.#jobs.delete(jobId);
  }

  #begin(live: Live): void {
    if (live.listeners.size === 0 || !live.capture || !live.mayBeSeen) return;
    live.leave = live.capture.watch({
      frame: (frame) => {
        this.#become(live, 'moving');
        tell(live, messageOf(frame));
      },
      quiet: () => this.#become(live, 'quiet'),
      forget: () => tell(live, { type: 'forget' }),
    });
  }

  #end(live: Live): void {
    live.leave?.();
    live.leave = null;
    // whoever comes next waits for a first picture
    if (live.state !== 'quiet' || live.listeners.size > 0) return;
    this.#become(live, 'moving');
  }

  #become(live: Live, state: State): void {
    if (live.state === state) return;
    live.state = state;
    live.since = Date.now();
    tell(live, { type: 'state', state, since: live.since });
  }
}

const stateOf = ({ capture, mayBeSeen }: Live): State => (!mayBeSeen ? 'off' : capture ? 'moving' : 'none');

const tell = ({ listeners }: Live, message: HostLiveMessage): void => {
  for (const listener of [...listeners]) listener(message);
};

const messageOf = ({ jpeg, ...frame }: CapturedFrame): HostLiveMessage => ({ type: 'frame', ...frame, jpeg: jpeg.toString('base64') });

const frameTo =
  (listener: LiveListener) =>
  (frame: CapturedFrame): void =>
    listener(messageOf(frame));
const once = (frame: (frame: CapturedFrame) => void) => ({ frame, quiet: () => undefined });
