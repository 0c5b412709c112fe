/** Shared by all tabs of a browser: one connection for twenty of them together. Every tab says what it wants and gets all messages. */
import { createConnection, type Health, type StreamConnection } from './connection.ts';
import { concerns, messageNames, type Listener, type MessageName, type Messages, type Wanted } from './messages.ts';

export type ToWorker = { do: 'want'; wanted: Wanted; joins: boolean } | { do: 'reopen' } | { do: 'heard' } | { do: 'alive' };
export type ToTab = { say: 'health'; health: Health } | { say: 'message'; name: MessageName; message: Messages[MessageName] };

type Tab = { port: MessagePort; group: Group; leave: () => void; heardAt: number };
type Group = { connection: StreamConnection; tabs: Set<Tab>; health: Health };

/** The server follows at most so many jobs in one stream, and a tab shows one job. */
const mostTabs = 20;

/** Hidden tabs are allowed a timer a minute. */
const forgetAfter = 180_000;

const groups: Group[] = [];
const tell = (tab: Tab, message: ToTab): void => tab.port.postMessage(message);

function createGroup(): Group {
  const tabs = new Set<Tab>();
  const onHealth = (health: Health): void => {
    group.health = health;
    for (const tab of tabs) tell(tab, { say: 'health', health });
  };
  const group: Group = {
    tabs,
    health: { phase: 'idle', heardAt: 0, brokenAt: 0 },
    connection: createConnection({ EventSource, onHealth }),
  };
  groups.push(group);
  return group;
}
const freeGroup = (): Group => groups.find((group) => group.tabs.size < mostTabs) ?? createGroup();

function relayTo(tab: Tab, wanted: Wanted): Listener {
  const relay = (name: MessageName) => (message: Messages[MessageName]) => {
    if (concerns(wanted, name, message)) tell(tab, { say: 'message', name, message });
  };
  return Object.fromEntries(messageNames.map((name) => [name, relay(name)]));
}

function obey(tab: Tab, order: ToWorker): void {
  const { connection, tabs } = tab.group;
  tab.heardAt = Date.now();
  tabs.add(tab); // it may have been forgotten while it slept
  if (order.do === 'reopen') connection.reopen();
  if (order.do === 'heard') connection.heard();
  if (order.do !== 'want') return;
  tab.leave();
  const nothing = !order.wanted.list && !order.wanted.jobs?.length;
  tab.leave = nothing ? () => undefined : connection.watch(order.wanted, relayTo(tab, order.wanted), order.joins);
}

/** A port does not say when its tab is gone. */
function forgetSilent(): void {
  for (const tab of groups.flatMap((group) => [...group.tabs])) {
    if (Date.now() - tab.heardAt < forgetAfter) continue;
    tab.leave();
    tab.leave = () => undefined;
    tab.group.tabs.delete(tab);
  }
}

const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void };
scope.onconnect = ({ ports }) => {
  const port = ports[0];
  if (!port) return;
  const group = freeGroup();
  const tab: Tab = { port, group, leave: () => undefined, heardAt: Date.now() };
  group.tabs.add(tab);
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => obey(tab, data);
  tell(tab, { say: 'health', health: group.health });
};
setInterval(forgetSilent, forgetAfter / 3);
