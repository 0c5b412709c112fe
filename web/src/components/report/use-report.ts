/** The report of a job that is over, asked for again when the job has news: a file may come after the end. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import type { ExecutionReport } from '../../../../src/contract/report.ts';
import { reasonOf } from '../../api/client.ts';
import { getReport } from '../../api/jobs.ts';

/** `news`: whatever changes when the report may have; the last report stays while the next one is fetched. */
export function useReport(id: Readonly<Ref<string>>, news: Readonly<Ref<unknown>>) {
  const report = shallowRef<ExecutionReport>();
  const error = ref('');
  let asking: AbortController | undefined;

  async function ask(): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const got = await getReport(id.value, mine.signal);
      if (mine.signal.aborted) return;
      report.value = got;
      error.value = '';
    } catch (e) {
      if (!mine.signal.aborted) error.value = reasonOf(e);
    }
  }
  watch([id, news], ([now], [was]) => {
    if (now !== was) report.value = undefined;
    void ask();
  });
  void ask();
  onScopeDispose(() => asking?.abort());
  return { report, error, ask };
}
