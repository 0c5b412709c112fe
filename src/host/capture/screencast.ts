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
  session: Promise<CDPSession>;
  /** whether the frame that has just come may be shown; another one is taken otherwise */
  accept: () => Promise<boolean>;
  onFrame: (frame: ScreencastFrame) => void;
  /** once, until the next frame */
  onQuiet: () => void;
  onError: (error: unknown) => void;
};

const betweenMs = 200;
const format = { format: 'jpeg', quality: 60, maxWidth: 1600, maxHeight: 1200, maxFramesInFlight: 1 } as const;
type Event = { data: string; sessionId: number; metadata: { timestamp?: number; deviceWidth: number; deviceHeight: number } };

export function startScreencast({ session, accept, onFrame, onQuiet, onError }: Options): Screencast {
  let stopped = false;
  let open = false;
  let last = '';
  let timer: NodeJS.Timeout | undefined;
  let off = (): void => undefined;

  const start = async (cdp: CDPSession): Promise<void> => {
    if (stopped) return;
    open = true;
    await cdp.send('Page.startScreencast', format);
  };
  const restart = (cdp: CDPSession): void => {
    timer = setTimeout(() => void start(cdp).catch(onError), betweenMs);
  };
  const onEvent = async (cdp: CDPSession, { data, sessionId, metadata }: Event): Promise<void> => {
    void cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
    if (!open || stopped) return;
    const hash = createHash('sha1').update(data).digest('base64');
    if (hash === last) return onQuiet();
    open = false;
    void cdp.send('Page.stopScreencast').catch(() => undefined);
    const at = metadata.timestamp === undefined ? Date.now() : metadata.timestamp * 1_000;
    const accepted = await accept();
    if (stopped) return;
    if (accepted) {
      last = hash;
      onFrame({ at, width: metadata.deviceWidth, height: metadata.deviceHeight, jpeg: Buffer.from(data, 'base64') });
    }
    restart(cdp);
  };

  session
    .then(async (cdp) => {
      if (stopped) return;
      const listener = (event: Event): void => void onEvent(cdp, event).catch(onError);
      cdp.on('Page.screencastFrame', listener);
      off = () => {
        cdp.off('Page.screencastFrame', listener);
        void cdp.send('Page.stopScreencast').catch(() => undefined);
      };
      await start(cdp);
    })
    .catch(onError);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      off();
    },
  };
}
