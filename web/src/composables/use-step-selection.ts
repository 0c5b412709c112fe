/** Which step the job page shows: the one that was chosen (by click, by j and k, by `#step-<id>`), else the one that matters now. */
import { onKeyStroke, useEventListener } from '@vueuse/core';
import { computed, nextTick, onMounted, readonly, ref, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { JobState, StepState } from '../../../src/contract/job.ts';
import { currentIndex, endOf, isOpen } from '../../../src/domain/nesting.ts';
import { isTyping } from './use-row-keys.ts';

const prefix = '#step-';
/** null: it names no step. */
function stepOfHash(hash: string): string | null {
  if (!hash.startsWith(prefix)) return null;
  try {
    return decodeURIComponent(hash.slice(prefix.length));
  } catch {
    return null;
  }
}

/**
 * The step that failed (not the loop around it), else the one that waits for a person or runs; a job that has ended well or has not begun shows its summary.
 */
export function focusOf(steps: readonly StepState[]): StepState | undefined {
  const failed = steps.filter((step) => step.status === 'failed');
  if (failed.length > 0) return failed.find((step) => step.error) ?? failed[0];
  const at = currentIndex(steps);
  const current = steps[at];
  if (current?.status !== 'waiting' && current?.status !== 'running') return undefined;
  // between two iterations the last step stays in sight, instead of the loop for the blink of an eye
  return isOpen(current) ? (steps.slice(at, endOf(steps, at)).findLast((step) => step.status === 'succeeded') ?? current) : current;
}

/** Scrolls the timeline alone: where both columns scroll as one (small screens), the chosen row must not carry the details away. */
function reveal(): void {
  const row = document.querySelector('ol [data-selected]');
  const timeline = row?.closest<HTMLElement>('[role=region]');
  if (!row || !timeline) return;
  if (timeline.scrollHeight <= timeline.clientHeight) return revealDetails();
  const [inner, outer] = [row.getBoundingClientRect(), timeline.getBoundingClientRect()];
  const bar = 44;
  if (inner.top < outer.top + bar) timeline.scrollTop += inner.top - outer.top - bar;
  else if (inner.bottom > outer.bottom) timeline.scrollTop += inner.bottom - outer.bottom + bar;
}

/** Their start, with the picture: on a small screen they are longer than it, and `scrollIntoView` would go to whichever end is nearer. */
function revealDetails(): void {
  const details = document.querySelector('[data-details]');
  const page = details?.parentElement;
  if (!details || !page) return;
  page.scrollTop += details.getBoundingClientRect().top - page.getBoundingClientRect().top;
  details.scrollTo({ top: 0 });
}

/** The address names a step: by the address bar, a link or the way back; what the router writes itself makes no such event. */
function onAddress(name: (stepId: string) => void): void {
  useEventListener(window, 'hashchange', () => {
    const id = stepOfHash(window.location.hash);
    if (id !== null) name(id);
  });
}

/** `listed`: the steps that the timeline shows now. `unfold`: makes the row of a step that was chosen visible. */
export function useStepSelection(job: Ref<JobState | undefined>, listed: Ref<StepState[]>, unfold: (stepId: string) => void) {
  const route = useRoute();
  const router = useRouter();
  /** a step's id; '' is the summary, chosen by hand; undefined follows the job */
  const chosen = ref<string | undefined>(stepOfHash(route.hash) ?? undefined);
  const shown = computed(() => {
    const steps = job.value?.steps ?? [];
    if (chosen.value === undefined) return focusOf(steps);
    return steps.find((step) => step.id === chosen.value);
  });

  function select(id: string | undefined): void {
    chosen.value = id;
    if (id) unfold(id);
    void router.replace({ query: route.query, hash: id ? `${prefix}${encodeURIComponent(id)}` : '' });
    void nextTick(id ? reveal : revealDetails);
  }
  /** the axis leads: the page shows another step, and neither the address nor what is scrolled changes */
  function show(id: string): void {
    chosen.value = id;
    unfold(id);
  }
  function move(by: number): void {
    const at = listed.value.findIndex((step) => step.id === shown.value?.id);
    const next = listed.value[at < 0 ? (by > 0 ? 0 : listed.value.length - 1) : at + by];
    if (next) select(next.id);
  }
  const onPlainKey = (key: string, act: () => void): void => {
    onKeyStroke(key, (e) => {
      if (!isTyping(e)) act();
    });
  };
  onPlainKey('j', () => move(1));
  onPlainKey('k', () => move(-1));
  onPlainKey('Escape', () => select(chosen.value === '' ? undefined : ''));
  onMounted(() => {
    const stop = watch(
      job,
      (is) => {
        if (!is) return;
        if (chosen.value) unfold(chosen.value);
        void nextTick(reveal);
        void Promise.resolve().then(() => stop());
      },
      { immediate: true },
    );
  });
  onAddress((id) => id !== chosen.value && select(id));
  const following = computed(() => chosen.value === undefined);
  return { chosen: readonly(chosen), shown, select, show, following };
}
