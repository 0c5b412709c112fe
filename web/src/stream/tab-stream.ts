/**
 * What a tab watches. All tabs share one connection through a worker, because a browser opens only six to a host and a seventh tab would get none;
 * where there are no shared workers, the tab has a connection of its own and gives it back while it is hidden.
 */
import { createConnection, type Health, type StreamConnection } from './connection.ts';
import { messageNames, sumOf, type Listener, type MessageName, type Messages, type Wanted } from './messages.ts';
import type { ToTab, ToWorker } from './stream-worker.ts';
import { oncePerTask, Watchers } from './watchers.ts';

type Backend = Pick<StreamConnection, 'reopen' | 'rest' | 'heard'> & { want: (wanted: Wanted, joins: boolean) => void };
export type TabStream = Omit<StreamConnection, 'close'>;

/** The worker forgets a tab that was silent for long: it crashed, or the browser froze it. */
const aliveEvery = 30_000;

export function createTabStream(onHealth: (health: Health) => void): TabStream {
  const watchers = new Watchers();
  const deliver: Deliver = (name, message) => watchers.deliver(name, message);
  const current = (): Wanted => sumOf(watchers.wanted());
  const own = (): Backend => ownConnection(deliver, onHealth);
  let backend = sharedConnection({ deliver, onHealth, onDead: () => (backend = own()).want(current(), true) }) ?? own();
  let told = '';
  let joined = false;

  /** Who joined needs a snapshot, even when the sum is the same. */
  const plan = oncePerTask(() => {
    const wanted = current();
    if (joined || JSON.stringify(wanted) !== told) backend.want(wanted, joined);
    told = JSON.stringify(wanted);
    joined = false;
  });

  window.addEventListener('pagehide', () => backend.want({}, false));
  window.addEventListener('pageshow', (event) => event.persisted && backend.want(current(), true));
  return {
    watch(wanted, listener) {
      const leave = watchers.add(wanted, listener);
      joined = true;
      plan();
      return () => {
        leave();
        plan();
      };
    },
    reopen() {
      backend.want(current(), false);
      backend.reopen();
    },
    rest: () => backend.rest(),
    heard: () => backend.heard(),
  };
}

type Deliver = <N extends MessageName>(name: N, message: Messages[N]) => void;

function ownConnection(deliver: Deliver, onHealth: (health: Health) => void): Backend {
  const connection = createConnection({ EventSource, onHealth });
  const relay = Object.fromEntries(
    messageNames.map((name) => [name, (message: Messages[MessageName]) => deliver(name, message)]),
  ) as Listener;
  let leave: (() => void) | undefined;
  return {
    reopen: () => connection.reopen(),
    rest: () => connection.rest(),
    heard: () => connection.heard(),
    want(wanted, joins) {
      leave?.();
      leave = connection.watch(wanted, relay, joins);
    },
  };
}

type Shared = { deliver: Deliver; onHealth: (health: Health) => void; onDead: () => void };

function sharedConnection({ deliver, onHealth, onDead }: Shared): Backend | undefined {
  if (!('SharedWorker' in window)) return undefined;
  const worker = new SharedWorker(new URL('./stream-worker.ts', import.meta.url), { type: 'module', name: 'understudy-stream' });
  const alive = setInterval(() => say({ do: 'alive' }), aliveEvery);
  const say = (message: ToWorker): void => worker.port.postMessage(message);
  worker.onerror = () => {
    clearInterval(alive);
    onDead();
  };
  worker.port.onmessage = ({ data }: MessageEvent<ToTab>) =>
    data.say === 'health' ? onHealth(data.health) : deliver(data.name, data.message);
  return {
    want: (wanted, joins) => say({ do: 'want', wanted, joins }),
    reopen: () => say({ do: 'reopen' }),
    heard: () => say({ do: 'heard' }),
    rest: () => undefined, // one connection for all tabs need not be given back
  };
}
