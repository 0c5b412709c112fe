/** The list of jobs: a page that is fetched, then kept up to date by the stream, and by asking every 10 s while the stream is not live. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core';
import { computed, onScopeDispose, reactive, ref, shallowRef, toRefs, watch, type Ref } from 'vue';
import type { JobRow, StatusCounts } from '../../../src/contract/job.ts';
import { reasonOf } from '../api/client.ts';
import { listJobs, type ListQuery } from '../api/jobs.ts';
import { mergePage, mergeRow, settle, type Rows } from '../stream/merge-rows.ts';
import { askSoon } from './use-system.ts';
import { usePageStream } from '../stream/page-stream.ts';

export const pageSize = 50;
const pollEvery = 10_000;
const recountEvery = 2_000;
/** How long a row keeps its mark after a change. */
const flashFor = 1_600;

type ListState = { loading: boolean; error: string; next: string | null; counts: StatusCounts | undefined };

/** Asks for the page; a later question makes an earlier answer void. */
function usePageRequest(wanted: Ref<ListQuery>, state: ListState, take: (jobs: JobRow[], more: boolean) => void) {
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
      if (!mine.signal.aborted) Object.assign(state, { loading: false, error: reasonOf(error) });
    }
  }
  onScopeDispose(() => request?.abort());
  return refresh;
}

/** The rows on the page and those that wait above it. */
function useRows(wanted: Ref<ListQuery>, atRest: () => boolean) {
  const rows = shallowRef<Rows>({ shown: [], waiting: [], more: false });
  const changed = useFlash();

  function take(jobs: JobRow[], more: boolean, fresh: boolean): void {
    rows.value = mergePage(rows.value, { jobs, more }, { filter: wanted.value, atRest: fresh || atRest() });
  }
  function letIn(): void {
    rows.value = settle(rows.value, wanted.value);
  }
  function onRow(row: JobRow): void {
    const known = rows.value.shown.find((r) => r.id === row.id);
    if (known && known.seq < row.seq) changed.mark(row.id);
    if (wanted.value.after && !known) return; // an older page takes nothing in
    rows.value = mergeRow(rows.value, row, wanted.value);
    if (atRest()) letIn();
  }
  return { rows, changed, take, letIn, onRow };
}

/** `atRest`: nobody points at the list, has scrolled it or has chosen a row, so rows may come and go. */
export function useJobs(wanted: Ref<ListQuery>, atRest: Ref<boolean>) {
  const { connection, freshness } = usePageStream();
  const state = reactive<ListState>({ loading: true, error: '', next: null, counts: undefined });
  const { rows, changed, take, letIn, onRow } = useRows(wanted, () => atRest.value);
  const refresh = usePageRequest(wanted, state, (jobs, more) => take(jobs, more, state.loading));

  const recount = useThrottleFn(refresh, recountEvery, true);
  /** The stream counts all jobs; what a search or a runbook leaves of them is counted by asking again. */
  function onCounts(counts: StatusCounts): void {
    if (wanted.value.q || wanted.value.runbook) void recount();
    else state.counts = counts;
    void askSoon();
  }
  onScopeDispose(connection.watch({ list: true }, { job: onRow, counts: onCounts, ready: () => void refresh() }));
  watch(atRest, (rests) => rests && letIn());
  watch(rows, ({ shown }) => atRest.value && shown.length > pageSize * 2 && void refresh());
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
