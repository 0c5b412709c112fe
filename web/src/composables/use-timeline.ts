/** What the timeline lists: the steps as a tree, those with problems, or those with values; and what of it can be seen. */
import { computed, ref, type Ref } from 'vue';
import type { JobState, StepState } from '../../../src/contract/job.ts';
import { flatNodes, treeOf, visibleSteps } from '../components/timeline/step-tree.ts';
import { useFolding } from './use-folding.ts';

export type TimelineView = 'steps' | 'problems' | 'values';

const hasFailed = ({ status, runs }: StepState): boolean => status === 'failed' || (runs?.failed ?? 0) > 0;

/** It failed, had to look twice, was found by a less dependable field, ended too early, or something went wrong in its page: a person may want to mend the runbook. */
export function hasProblem(step: StepState): boolean {
  if (step.loop?.capped || step.missed?.length || step.troubles?.length) return true;
  // a container fails with what is in it, which is listed itself
  return step.container ? step.error !== undefined : hasFailed(step) || step.retries > 0;
}

export function useTimeline(job: Ref<JobState | undefined>) {
  const view = ref<TimelineView>('steps');
  const steps = computed(() => job.value?.steps ?? []);
  const problems = computed(() => steps.value.filter(hasProblem));
  const withValues = computed(() => steps.value.filter((step) => step.captures.length > 0));
  const warnings = computed(() => (job.value?.notices ?? []).filter(({ kind }) => kind === 'warning'));
  const tree = computed(() => treeOf(steps.value));
  const folding = useFolding(tree);
  const nodes = computed(() => (view.value === 'problems' ? flatNodes(problems.value) : tree.value));
  const counts = computed(() => ({
    steps: job.value?.counts.total ?? 0,
    problems: problems.value.length + warnings.value.length,
    values: withValues.value.reduce((sum, step) => sum + step.captures.length, 0),
  }));
  /** for j and k: what has a row, in the order of the rows */
  const listed = computed(() => {
    if (view.value === 'steps') return visibleSteps(tree.value, folding.isOpen);
    return view.value === 'problems' ? problems.value : withValues.value;
  });
  return { view, nodes, withValues, warnings, listed, counts, folding };
}
