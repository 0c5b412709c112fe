/**
 * The adaptive screencast: it stays open while the page is quiet, which costs nothing; after each new frame it is closed and opened again a little later, since an open
 * one goes on copying every frame. An opened one gives a frame at once: when that is the last one again, the page is quiet.
 */
import { createHash } from 'node:crypto';
import type { CDPSession } from 'playwright';

/** `at`: ms since the epoch */
export type ScreencastFrame = { at: number; width: number; height: number; jpeg: Buffer };
export type Screencast = { stop(): void };
type Options = {
  session: () => Promise<CDPSession>;
  /** called before frames are taken; what it gives says whether the one that has come may be shown. Another one is taken otherwise */
  witness: () => () => Promise<boolean>;
  onFrame: (frame: ScreencastFrame) => void;
  /** the page has not changed since the last frame; again and again */
  onQuiet: () => void;
  /** it is tried again, less often */
  onError: (error: unknown) => void;
};

const betweenMs = 250;
const afterErrorMs = 1_000;
/** A page of which no picture can be shown is not looked through all the time. */
const longestMs = 3_000;
const format = { format: 'jpeg', quality: 60, maxWidth: 1600, maxHeight: 1200, maxFramesInFlight: 1 } as const;
type Event = { data: string; sessionId: number; metadata: { timestamp?: number; deviceWidth: number; deviceHeight: number } };

export const startScreencast = (options: Options): Screencast => new AdaptiveScreencast(options);

class AdaptiveScreencast implements Screencast {
  readonly #options: Options;
  #stopped = false;
  /** `fresh`: no frame has come since it was opened */
  #state: 'closed' | 'fresh' | 'quiet' = 'closed';
  #last = '';
  /** pictures in a row that could not be shown */
  #refused = 0;
  #mayBeShown: () => Promise<boolean> = () => Promise.resolve(false);
  #timer: NodeJS.Timeout | undefined;
  #listening: { cdp: CDPSession; off: () => void } | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#listening?.off();
  }

  #open(): void {
    this.#start().catch((error: unknown) => this.#fail(error));
  }

  async #start(): Promise<void> {
    const cdp = await this.#options.session();
    if (this.#stopped) return;
    this.#listen(cdp);
    this.#mayBeShown = this.#options.witness();
    this.#state = 'fresh';
    // who stops it meanwhile has sent that after this: one more word of it would end the next one on this session
    await cdp.send('Page.startScreencast', format);
  }

  #listen(cdp: CDPSession): void {
    if (this.#listening?.cdp === cdp) return;
    this.#listening?.off();
    const listener = (event: Event): void => void this.#onEvent(cdp, event).catch((error: unknown) => this.#fail(error));
    cdp.on('Page.screencastFrame', listener);
    const off = (): void => {
      cdp.off('Page.screencastFrame', listener);
      close(cdp);
    };
    this.#listening = { cdp, off };
  }

  async #onEvent(cdp: CDPSession, { data, sessionId, metadata }: Event): Promise<void> {
    void cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
    if (this.#stopped || this.#state === 'closed') return;
    const hash = createHash('sha1').update(data).digest('base64');
    if (hash === this.#last && this.#state === 'fresh') return this.#rest();
    this.#state = 'closed';
    close(cdp);
    // a page that paints the same again and again is not copied each time either
    if (hash === this.#last) this.#options.onQuiet();
    else this.#refused = (await this.#show(hash, { data, metadata })) ? 0 : this.#refused + 1;
    this.#again(Math.min(betweenMs * 2 ** Math.max(0, this.#refused - 1), longestMs));
  }

  #rest(): void {
    this.#state = 'quiet';
    this.#mayBeShown = this.#options.witness();
    this.#options.onQuiet();
  }

  /** @returns whether it may be shown */
  async #show(hash: string, { data, metadata }: Pick<Event, 'data' | 'metadata'>): Promise<boolean> {
    const at = metadata.timestamp === undefined ? Date.now() : metadata.timestamp * 1_000;
    const mayBeShown = await this.#mayBeShown();
    if (this.#stopped || !mayBeShown) return false;
    this.#last = hash;
    this.#options.onFrame({ at, width: metadata.deviceWidth, height: metadata.deviceHeight, jpeg: Buffer.from(data, 'base64') });
    return true;
  }

  #fail(error: unknown): void {
    this.#options.onError(error);
    this.#state = 'closed';
    this.#again(afterErrorMs);
  }

  #again(afterMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), afterMs);
  }
}

const close = (cdp: CDPSession): void => void cdp.send('Page.stopScreencast').catch(() => undefined);
