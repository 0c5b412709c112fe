/** The list of jobs: a page that is fetched, then kept up to date by the stream, and by asking every 10 s while the stream is not live. */
import { useIntervalFn } from '@vueuse/core';
import { computed, onScopeDispose, reactive, ref, shallowRef, toRefs, watch, type Ref } from 'vue';
import type { JobRow, StatusCounts } from '../../../src/contract/job.ts';
import { reasonOf } from '../api/client.ts';
import { listJobs, type ListQuery } from '../api/jobs.ts';
import { mergePage, mergeRow, settle, type Rows } from '../stream/merge-rows.ts';
import { askSoon } from './use-system.ts';
import { usePageStream } from '../stream/page-stream.ts';

export const pageSize = 50;
const pollEvery = 10_000;
/** How long a row keeps its mark after a change. */
const flashFor = 1_600;

/** `atRest`: nobody points at the list, has scrolled it or has chosen a row, so rows may come and go. */
export function useJobs(wanted: Ref<ListQuery>, atRest: Ref<boolean>) {
  const { connection, freshness } = usePageStream();
  const rows = shallowRef<Rows>({ shown: [], waiting: [], more: false });
  const state = reactive({ loading: true, error: '', next: null as string | null, counts: undefined as StatusCounts | undefined });
  const changed = useFlash();
  let request: AbortController | undefined;

  async function refresh(): Promise<void> {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    try {
      const page = await listJobs({ ...wanted.value, limit: pageSize }, mine.signal);
      take(page.jobs, page.next !== null);
      Object.assign(state, { loading: false, error: '', next: page.next, counts: page.counts });
    } catch (error) {
      if (mine.signal.aborted) return;
      Object.assign(state, { loading: false, error: reasonOf(error) });
    }
  }

  function take(jobs: JobRow[], more: boolean): void {
    const options = { filter: wanted.value, atRest: state.loading || atRest.value };
    rows.value = mergePage(rows.value, { jobs, more }, options);
  }

  function onRow(row: JobRow): void {
    if (rows.value.shown.some((r) => r.id === row.id)) changed.mark(row.id);
    if (wanted.value.after && !rows.value.shown.some((r) => r.id === row.id)) return; // an older page takes nothing in
    rows.value = mergeRow(rows.value, row, wanted.value);
    if (atRest.value) letIn();
  }

  function letIn(): void {
    rows.value = settle(rows.value, wanted.value);
    if (rows.value.shown.length > pageSize * 2) void refresh();
  }

  const stop = connection.watch(
    { list: true },
    {
      job: onRow,
      counts: (counts) => {
        state.counts = counts;
        void askSoon();
      },
      ready: () => void refresh(),
    },
  );
  onScopeDispose(() => {
    stop();
    request?.abort();
  });
  watch(atRest, (rests) => rests && letIn());
  watch(wanted, (to, from) => {
    if (JSON.stringify(to) === JSON.stringify(from)) return;
    state.loading = true;
    void refresh();
  });
  useIntervalFn(() => freshness.value !== 'live' && void refresh(), pollEvery);
  void refresh();
  return {
    ...toRefs(state),
    jobs: computed(() => rows.value.shown),
    waiting: computed(() => rows.value.waiting.length),
    changed: changed.ids,
    letIn,
    refresh,
  };
}

/** Ids that changed a moment ago. */
function useFlash() {
  const ids = ref(new Set<string>());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  function mark(id: string): void {
    clearTimeout(timers.get(id));
    ids.value.add(id);
    timers.set(
      id,
      setTimeout(() => ids.value.delete(id), flashFor),
    );
  }
  onScopeDispose(() => timers.forEach((timer) => clearTimeout(timer)));
  return { ids, mark };
}
