/** The one connection of this tab, its health, and what keeps it honest: a probe when it is silent, rest when the tab is hidden. */
import { useDocumentVisibility, useIntervalFn, useOnline } from '@vueuse/core';
import { computed, effectScope, readonly, shallowRef, watch, type DeepReadonly, type Ref } from 'vue';
import { useClock } from '../composables/use-clock.ts';
import type { Health } from './connection.ts';
import { freshnessOf, type Freshness } from './freshness.ts';
import { createTabStream, type TabStream } from './tab-stream.ts';

/** A hidden tab gives a connection of its own back: with six of them a seventh tab would get none. It goes on by asking every now and then. */
const restAfter = 60_000;
/** The server's heartbeats are comments, which EventSource keeps to itself; so a silent stream is answered for by a small request. */
const probeAfter = 15_000;
const probeLimit = 5_000;

type PageStream = { connection: TabStream; health: DeepReadonly<Ref<Health>>; freshness: Ref<Freshness> };
let made: PageStream | undefined;

export function usePageStream(): PageStream {
  // A scope of its own: the component that asks first may leave.
  made ??= effectScope(true).run(make)!;
  return made;
}

function make(): PageStream {
  const health = shallowRef<Health>({ phase: 'idle', heardAt: 0, brokenAt: 0 });
  const connection = createTabStream((h) => (health.value = h));
  const online = useOnline();
  const now = useClock();
  keepHonest(connection, health);
  return { connection, health: readonly(health), freshness: computed(() => freshnessOf(health.value, now.value, online.value)) };
}

function keepHonest(connection: TabStream, health: Ref<Health>): void {
  const visibility = useDocumentVisibility();
  let resting: ReturnType<typeof setTimeout> | undefined;
  watch(visibility, (is) => {
    clearTimeout(resting);
    if (is === 'hidden') resting = setTimeout(() => connection.rest(), restAfter);
    else if (health.value.phase !== 'open' || Date.now() - health.value.heardAt > probeAfter) connection.reopen();
  });
  useIntervalFn(() => {
    const waits = health.value.phase === 'open' || health.value.phase === 'opening';
    if (visibility.value !== 'visible' || !waits || Date.now() - health.value.heardAt < probeAfter) return;
    void probe(connection);
  }, 5_000);
  window.addEventListener('online', () => connection.reopen());
}

async function probe(connection: TabStream): Promise<void> {
  const answered = await fetch('/healthz', { signal: AbortSignal.timeout(probeLimit), cache: 'no-store' }).then(
    (r) => r.ok,
    () => false,
  );
  if (answered) connection.heard();
  else connection.reopen();
}
