/**
 * One EventSource for everything that a tab watches: browsers open six connections to a host, so a stream for each job would block the seventh tab.
 * Whoever watches something says so by `watch`; when the sum of it changes the stream is opened again, and the server begins with snapshots.
 */
import { messageNames, streamUrl, type Listener, type MessageName, type Messages, type Wanted } from './messages.ts';

/** `idle`: nothing is watched. `resting`: the tab is hidden, the connection was given back. */
export type Phase = 'idle' | 'opening' | 'open' | 'broken' | 'resting';
export type Health = {
  phase: Phase;
  /** when the server was heard last, ms since the epoch; 0: never */ heardAt: number;
  /** since when it is not open */ brokenAt: number;
};
export type Dependencies = {
  EventSource: typeof EventSource;
  /** prepended to the path of the stream; empty in the page */
  origin?: string;
  onHealth: (health: Health) => void;
  now?: () => number;
};

/** Growing pauses after an answer that EventSource itself does not retry. */
const pauses = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export type StreamConnection = {
  watch: (wanted: Wanted, listener: Listener) => () => void;
  reopen: () => void;
  rest: () => void;
  /** the server was heard by other means (a probe) */
  heard: () => void;
  close: () => void;
};

export function createConnection({ EventSource: Source, origin = '', onHealth, now = Date.now }: Dependencies): StreamConnection {
  const watchers = new Map<symbol, { wanted: Wanted; listener: Listener }>();
  const health: Health = { phase: 'idle', heardAt: 0, brokenAt: 0 };
  let source: EventSource | undefined;
  let openUrl: string | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let planned = false;

  function become(phase: Phase): void {
    if (phase === 'broken' && health.phase !== 'broken') health.brokenAt = now();
    health.phase = phase;
    onHealth({ ...health });
  }

  function heard(): void {
    health.heardAt = now();
    onHealth({ ...health });
  }

  function shut(): void {
    clearTimeout(timer);
    source?.close();
    source = undefined;
    openUrl = null;
  }

  function deliver<N extends MessageName>(name: N, message: Messages[N]): void {
    for (const { listener } of [...watchers.values()]) listener[name]?.(message);
  }

  function receive(name: MessageName, data: string): void {
    health.heardAt = now();
    deliver(name, JSON.parse(data) as Messages[typeof name]);
    if (name !== 'ready') return onHealth({ ...health });
    failures = 0;
    become('open');
  }

  function onError(broken: EventSource): void {
    if (broken !== source) return;
    become('broken');
    if (broken.readyState !== Source.CLOSED) return; // it tries again by itself, with Last-Event-ID
    shut();
    timer = setTimeout(open, pauses[Math.min(failures, pauses.length - 1)]);
    failures += 1;
  }

  function open(): void {
    const url = streamUrl([...watchers.values()].map((w) => w.wanted));
    if (health.phase === 'resting' || (url !== null && url === openUrl)) return;
    shut();
    if (url === null) return become('idle');
    if (health.phase !== 'broken') become('opening');
    openUrl = url;
    const opened = new Source(`${origin}${url}`);
    source = opened;
    opened.onerror = () => onError(opened);
    for (const name of messageNames)
      opened.addEventListener(name, (e) => opened === source && receive(name, (e as MessageEvent<string>).data));
  }

  /** Two pages change hands within one task; the stream is opened once for both. */
  function plan(): void {
    if (planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      open();
    }, 0);
  }

  return {
    watch(wanted, listener) {
      const key = Symbol('watcher');
      watchers.set(key, { wanted, listener });
      // Who joins an open stream that watches the same already would wait for a snapshot that was sent before.
      if (openUrl !== null && streamUrl([...watchers.values()].map((w) => w.wanted)) === openUrl) openUrl = 'again';
      plan();
      return () => {
        watchers.delete(key);
        plan();
      };
    },
    reopen() {
      if (health.phase === 'resting') health.phase = 'opening';
      openUrl = null;
      failures = 0;
      open();
    },
    rest() {
      if (health.phase === 'idle') return;
      shut();
      become('resting');
    },
    heard,
    close() {
      watchers.clear();
      shut();
      become('idle');
    },
  };
}
