/** What waits for a person, on every page: asked for once, then kept by the rows of the stream; what was decided is asked for again when a question has ended. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core';
import { computed, effectScope, ref, shallowRef } from 'vue';
import type { JobRow } from '../../../src/contract/job.ts';
import type { ApprovalList } from '../../../src/contract/lists.ts';
import { listApprovals } from '../api/approvals.ts';
import { reasonOf } from '../api/client.ts';
import { inOrder, nobodyWaits, takeList, takeRow } from '../components/approval/waiting-rows.ts';
import { usePageStream } from '../stream/page-stream.ts';

const pollEvery = 10_000;
const askAgainEvery = 1_000;

const known = shallowRef(nobodyWaits);
const decided = shallowRef<ApprovalList['decided']>([]);
/** how many there are, as the stream says: an answer lists no more than `mostListed` */
const counted = ref(0);
const mostListed = 200;
const loading = ref(true);
const error = ref('');
let started = false;

async function refresh(): Promise<void> {
  const since = known.value;
  try {
    const list = await listApprovals();
    known.value = takeList(known.value, list.waiting, since);
    decided.value = list.decided;
    error.value = '';
  } catch (e) {
    error.value = reasonOf(e);
  }
  loading.value = false;
}
const refreshSoon = useThrottleFn(refresh, askAgainEvery, true);

function onRow(row: JobRow): void {
  const before = known.value;
  known.value = takeRow(before, row);
  if (known.value.rows.length < before.rows.length) void refreshSoon();
}

function start(): void {
  started = true;
  const { connection, freshness } = usePageStream();
  connection.watch(
    { list: true },
    {
      job: onRow,
      counts: (counts) => (counted.value = counts.waiting_for_approval),
      ready: () => void refreshSoon(),
    },
  );
  useIntervalFn(() => {
    if (freshness.value !== 'live' && document.visibilityState === 'visible') void refresh();
  }, pollEvery);
  void refresh();
}

export function useApprovals() {
  if (!started) effectScope(true).run(start);
  const rows = computed(() => known.value.rows);
  return {
    rows,
    count: computed(() => (rows.value.length < mostListed ? rows.value.length : Math.max(rows.value.length, counted.value))),
    oldest: computed(() => inOrder(rows.value, 'age')[0]),
    /** the one whose deadline comes first, when one has a deadline */
    next: computed(() => inOrder(rows.value, 'deadline').find((row) => row.approval.deadline)),
    decided,
    loading,
    error,
    refresh,
  };
}
