// @vitest-environment node
/** The stream client with a real EventSource against a real HTTP server. */
import { EventSource as NodeEventSource } from 'eventsource';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnection, type Health, type StreamConnection } from '../../web/src/stream/connection.ts';
import { concerns, streamUrl, type Listener } from '../../web/src/stream/messages.ts';

type Client = {
  url: string;
  lastEventId: string | undefined;
  send: (event: string, data: unknown, id?: string) => void;
  drop: () => void;
  closed: boolean;
};

let server: Server;
let clients: Client[];
let answer: (req: IncomingMessage, res: ServerResponse) => boolean;
let healths: Health[];
let connection: StreamConnection;

function accept(req: IncomingMessage, res: ServerResponse): void {
  if (!answer(req, res)) return;
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.write('retry: 20\n\n');
  const client: Client = {
    url: req.url ?? '',
    lastEventId: req.headers['last-event-id']?.toString(),
    send: (event, data, id) => res.write(`${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    drop: () => res.destroy(),
    closed: false,
  };
  req.on('close', () => (client.closed = true));
  clients.push(client);
}

beforeEach(async () => {
  clients = [];
  healths = [];
  answer = () => true;
  server = createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  connection = createConnection({
    EventSource: NodeEventSource as unknown as typeof EventSource,
    origin,
    onHealth: (health) => healths.push(health),
  });
});
afterEach(async () => {
  connection.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const opened = async (count: number): Promise<Client> => {
  await vi.waitFor(() => expect(clients.length).toBe(count));
  const client = clients.at(-1);
  if (!client) throw new Error('no client');
  return client;
};
const phase = () => healths.at(-1)?.phase;
const listenTo = () => {
  const heard: string[] = [];
  const listener: Listener = {
    snapshot: (m) => heard.push(`snapshot ${m.jobId}`),
    ready: () => heard.push('ready'),
    gone: (m) => heard.push(`gone ${m.jobId}`),
  };
  return { heard, listener };
};

describe('the address of the stream', () => {
  it('sums up what is watched, in an order that does not depend on who came first', () => {
    expect(streamUrl([{ jobs: ['b'] }, { list: true }, { jobs: ['a'] }, { jobs: ['b'] }])).toBe('/api/stream?list=1&jobs=a%2Cb');
    expect(streamUrl([{ jobs: ['a'] }])).toBe('/api/stream?jobs=a');
    expect(streamUrl([{}])).toBeNull();
  });

  it('asks for pictures only where somebody wants them, and for those of the last four that were wanted', () => {
    expect(streamUrl([{ jobs: ['a'], live: ['a'] }, { jobs: ['b'] }])).toBe('/api/stream?jobs=a%2Cb&live=a');
    const five = ['e', 'd', 'c', 'b', 'a'].map((id) => ({ jobs: [id], live: [id] }));
    expect(streamUrl(five)).toBe('/api/stream?jobs=a%2Cb%2Cc%2Cd%2Ce&live=a%2Cb%2Cc%2Cd');
  });

  it('lets pictures through only to those who want the pictures of their job', () => {
    const live = { jobId: 'a', state: 'quiet', since: 0, doing: null } as const;
    expect(concerns({ jobs: ['a'], live: ['a'] }, 'live', live)).toBe(true);
    expect(concerns({ jobs: ['a', 'b'], live: ['b'] }, 'live', live)).toBe(false);
    expect(concerns({ jobs: ['a'] }, 'live', live)).toBe(false);
    expect(concerns({ jobs: ['a'] }, 'gone', { jobId: 'a' })).toBe(true);
  });
});

describe('the one connection of a tab', () => {
  it('opens once for all that begins to watch within one task', async () => {
    connection.watch({ list: true }, {});
    connection.watch({ jobs: ['a'] }, {});
    const client = await opened(1);
    expect(client.url).toBe('/api/stream?list=1&jobs=a');
    expect(phase()).toBe('opening');
    client.send('ready', { at: 'now' });
    await vi.waitFor(() => expect(phase()).toBe('open'));
    expect(clients.length).toBe(1);
  });

  it('tells everybody who watches', async () => {
    const [one, two] = [listenTo(), listenTo()];
    connection.watch({ jobs: ['a'] }, one.listener);
    connection.watch({ jobs: ['a'] }, two.listener);
    const client = await opened(1);
    client.send('snapshot', { jobId: 'a', state: {} });
    client.send('gone', { jobId: 'a' });
    client.send('ready', { at: 'now' });
    await vi.waitFor(() => expect(one.heard).toEqual(['snapshot a', 'gone a', 'ready']));
    expect(two.heard).toEqual(one.heard);
  });

  it('is opened again when something else is watched, and the old one is closed', async () => {
    const leave = connection.watch({ list: true }, {});
    const first = await opened(1);
    leave();
    connection.watch({ jobs: ['a'] }, {});
    const second = await opened(2);
    expect(second.url).toBe('/api/stream?jobs=a');
    await vi.waitFor(() => expect(first.closed).toBe(true));
  });

  it('is opened again for who comes later, so that they get a snapshot too', async () => {
    connection.watch({ jobs: ['a'] }, {});
    await opened(1);
    connection.watch({ jobs: ['a'] }, {});
    expect((await opened(2)).url).toBe('/api/stream?jobs=a');
  });

  it('stays open for who goes on with less, because they know the rest', async () => {
    const leave = connection.watch({ jobs: ['a', 'b'] }, {});
    const client = await opened(1);
    connection.watch({ jobs: ['a', 'b'] }, {}, false);
    leave();
    const late = listenTo();
    connection.watch({ jobs: ['b'] }, late.listener, false);
    client.send('ready', { at: 'now' });
    await vi.waitFor(() => expect(late.heard).toEqual(['ready']));
    expect(clients).toHaveLength(1);
  });

  it('ends when nothing is watched any more', async () => {
    const leave = connection.watch({ jobs: ['a'] }, {});
    const client = await opened(1);
    leave();
    await vi.waitFor(() => expect(client.closed).toBe(true));
    expect(phase()).toBe('idle');
  });

  it('comes back by itself after a break and says what it had last', async () => {
    connection.watch({ jobs: ['a'] }, {});
    const client = await opened(1);
    client.send('ready', { at: 'now' }, 'position-7');
    await vi.waitFor(() => expect(phase()).toBe('open'));
    client.drop();
    await vi.waitFor(() => expect(phase()).toBe('broken'));
    const again = await opened(2);
    expect(again.lastEventId).toBe('position-7');
    again.send('ready', { at: 'now' });
    await vi.waitFor(() => expect(phase()).toBe('open'));
  });

  it('tries again after an answer that EventSource gives up on', async () => {
    let refusals = 0;
    answer = (_req, res) => {
      if (refusals > 0) return true;
      refusals += 1;
      res.writeHead(503).end();
      return false;
    };
    connection.watch({ jobs: ['a'] }, {});
    await vi.waitFor(() => expect(phase()).toBe('broken'));
    await vi.waitFor(() => expect(clients.length).toBe(1), { timeout: 3_000 });
    expect(refusals).toBe(1);
  });

  it('is given back while the tab rests and taken again when it wakes', async () => {
    connection.watch({ jobs: ['a'] }, {});
    const client = await opened(1);
    connection.rest();
    expect(phase()).toBe('resting');
    await vi.waitFor(() => expect(client.closed).toBe(true));
    connection.watch({ jobs: ['b'] }, {});
    connection.reopen();
    expect((await opened(2)).url).toBe('/api/stream?jobs=a%2Cb');
  });
});
