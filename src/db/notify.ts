import pg from 'pg';

/** `changed`: the job has events up to `seq`. `artifact`: a file of the job is there, or replaced. `gap`: notices may have been lost, read again. `down`: no notices come until the next `gap`. */
export type Notice =
  { type: 'changed'; jobId: string; seq: number } | { type: 'artifact'; jobId: string; id: string } | { type: 'gap' } | { type: 'down' };
export type Notifications = {
  /** whether notices come at present */
  readonly up: boolean;
  /** @returns unsubscribes */
  subscribe(listener: (notice: Notice) => void): () => void;
  close(): Promise<void>;
};

const retryMs = 500;
/** A dead connection must not look quiet for longer than this. */
const probeMs = 5_000;

function parse(payload: string | undefined): Notice | undefined {
  const [, owner, id] = /^artifact (\S+) (\S+)$/.exec(payload ?? '') ?? [];
  if (owner !== undefined && id !== undefined) return { type: 'artifact', jobId: owner, id };
  const colon = payload?.lastIndexOf(':') ?? -1;
  if (payload === undefined || colon < 1) return undefined;
  return { type: 'changed', jobId: payload.slice(0, colon), seq: Number(payload.slice(colon + 1)) };
}

/** One LISTEN connection, kept up; every (re)connection is a `gap`. */
export function listenForJobs(url: string): Notifications {
  return new Listener(url);
}

class Listener implements Notifications {
  up = false;
  readonly #url: string;
  readonly #listeners = new Set<(notice: Notice) => void>();
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
    this.#start();
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #start(): void {
    if (this.#closed) return;
    const options = { application_name: 'understudy listen', connectionTimeoutMillis: 3_000, query_timeout: 3_000, keepAlive: true };
    const client = new pg.Client({ connectionString: this.#url, ...options });
    this.#client = client;
    this.#connect(client).catch(() => this.#lost(client));
  }

  async #connect(client: pg.Client): Promise<void> {
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => {
      const notice = parse(payload);
      if (notice) this.#tell(notice);
    });
    await client.connect();
    await client.query('listen job_changed');
    this.up = true;
    this.#tell({ type: 'gap' });
    this.#probe(client);
  }

  #tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  #probe(client: pg.Client): void {
    this.#timer = setTimeout(() => {
      const well = (): void => {
        if (this.#client === client && !this.#closed) this.#probe(client);
      };
      client.query('select 1').then(well, () => this.#lost(client));
    }, probeMs);
    this.#timer.unref();
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#closed) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    client.end().catch(() => undefined);
    const wasUp = this.up;
    this.up = false;
    if (wasUp) this.#tell({ type: 'down' });
    this.#timer = setTimeout(() => this.#start(), retryMs);
  }
}
