import pg from 'pg';

/** `changed`: the job has events up to `seq`. `gap`: notices may have been lost, read again. `down`: no notices come until the next `gap`. */
export type Notice = { type: 'changed'; jobId: string; seq: number } | { type: 'gap' } | { type: 'down' };
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
  const colon = payload?.lastIndexOf(':') ?? -1;
  if (payload === undefined || colon < 1) return undefined;
  return { type: 'changed', jobId: payload.slice(0, colon), seq: Number(payload.slice(colon + 1)) };
}

/** One LISTEN connection, kept up; every (re)connection is a `gap`. */
export function listenForJobs(url: string): Notifications {
  const listeners = new Set<(notice: Notice) => void>();
  const tell = (notice: Notice): void => listeners.forEach((listener) => listener(notice));
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let up = false;
  let closed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'understudy listen', connectionTimeoutMillis: 3_000, query_timeout: 3_000, keepAlive: true });
    client = next;
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    next.on('notification', (message) => {
      const notice = parse(message.payload);
      if (notice) tell(notice);
    });
    await next.connect();
    await next.query('listen job_changed');
    up = true;
    tell({ type: 'gap' });
    probe(next);
  }

  function probe(current: pg.Client): void {
    timer = setTimeout(() => {
      current.query('select 1').then(() => client === current && !closed && probe(current), () => lost(current));
    }, probeMs);
    timer.unref();
  }

  function lost(gone: pg.Client): void {
    if (client !== gone || closed) return;
    client = undefined;
    clearTimeout(timer);
    gone.end().catch(() => undefined);
    if (up) tell({ type: 'down' });
    up = false;
    timer = setTimeout(start, retryMs);
  }

  function start(): void {
    if (closed) return;
    connect().catch(() => client && lost(client));
  }

  start();
  return {
    get up() {
      return up;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
