/**
 * One EventSource for everything that a tab watches: browsers open six connections to a host, so a stream for each job would block the seventh tab.
 * Whoever watches something says so by `watch`; when the sum of it changes the stream is opened again, and the server begins with snapshots.
 */
import { messageNames, streamUrl, type Listener, type MessageName, type Messages, type Wanted } from './messages.ts';
import { oncePerTask, Watchers } from './watchers.ts';

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

/** Pictures come many times a second; that the server was heard need not be told as often. */
const tellEvery = 1_000;
/** Growing pauses after an answer that EventSource itself does not retry. */
const pauses = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export type StreamConnection = {
  /** `joins`: whoever watches knows nothing yet and needs a snapshot (default); not so for who watches less than before */
  watch: (wanted: Wanted, listener: Listener, joins?: boolean) => () => void;
  reopen: () => void;
  rest: () => void;
  /** the server was heard by other means (a probe) */
  heard: () => void;
  close: () => void;
};

export const createConnection = (dependencies: Dependencies): StreamConnection => new Connection(dependencies);

class Connection implements StreamConnection {
  readonly #dependencies: Dependencies;
  readonly #now: () => number;
  readonly #watchers = new Watchers();
  readonly #plan = oncePerTask(() => this.#open());
  readonly #health: Health = { phase: 'idle', heardAt: 0, brokenAt: 0 };
  #source: EventSource | undefined;
  #openUrl: string | null = null;
  #failures = 0;
  #toldAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#now = dependencies.now ?? Date.now;
  }

  watch(wanted: Wanted, listener: Listener, joins = true): () => void {
    const leave = this.#watchers.add(wanted, listener);
    // Who joins an open stream that watches the same already would wait for a snapshot that was sent before.
    if (joins && this.#openUrl !== null && this.#url() === this.#openUrl) this.#openUrl = 'again';
    this.#plan();
    return () => {
      leave();
      this.#plan();
    };
  }

  reopen(): void {
    if (this.#health.phase === 'resting') this.#health.phase = 'opening';
    this.#openUrl = null;
    this.#failures = 0;
    this.#open();
  }

  rest(): void {
    if (this.#health.phase === 'idle') return;
    this.#shut();
    this.#become('resting');
  }

  heard(): void {
    this.#health.heardAt = this.#now();
    this.#tellHealth();
  }

  close(): void {
    this.#watchers.clear();
    this.#shut();
    this.#become('idle');
  }

  #url(): string | null {
    return streamUrl(this.#watchers.wanted());
  }

  #tellHealth(): void {
    this.#toldAt = this.#now();
    this.#dependencies.onHealth({ ...this.#health });
  }

  #become(phase: Phase): void {
    if (phase === 'broken' && this.#health.phase !== 'broken') this.#health.brokenAt = this.#now();
    this.#health.phase = phase;
    this.#tellHealth();
  }

  #shut(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
    this.#openUrl = null;
  }

  #open(): void {
    const url = this.#url();
    if (this.#health.phase === 'resting' || (url !== null && url === this.#openUrl)) return;
    this.#shut();
    if (url === null) return this.#become('idle');
    if (this.#health.phase !== 'broken') this.#become('opening');
    this.#openUrl = url;
    this.#listen(new this.#dependencies.EventSource(`${this.#dependencies.origin ?? ''}${url}`));
  }

  #listen(source: EventSource): void {
    this.#source = source;
    source.onerror = () => source === this.#source && this.#onError(source);
    for (const name of messageNames)
      source.addEventListener(name, (e) => source === this.#source && this.#receive(name, (e as MessageEvent<string>).data));
  }

  #receive(name: MessageName, data: string): void {
    this.#health.heardAt = this.#now();
    this.#watchers.deliver(name, JSON.parse(data) as Messages[typeof name]);
    if (name === 'screenshot' && this.#health.heardAt - this.#toldAt < tellEvery) return;
    if (name !== 'ready') return this.#tellHealth();
    this.#failures = 0;
    this.#become('open');
  }

  #onError(broken: EventSource): void {
    this.#become('broken');
    if (broken.readyState !== this.#dependencies.EventSource.CLOSED) return; // it tries again by itself, with Last-Event-ID
    this.#shut();
    this.#timer = setTimeout(() => this.#open(), pauses[Math.min(this.#failures, pauses.length - 1)]);
    this.#failures += 1;
  }
}
