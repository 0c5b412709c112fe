import { useIntervalFn } from '@vueuse/core';
import { effectScope, readonly, ref, type Ref } from 'vue';

/** One ticking clock for the whole page: every elapsed time reads it, so they tick together. Its scope is its own: the first component to ask may leave. */
const now = ref(Date.now());
let started = false;

export function useClock(): Readonly<Ref<number>> {
  if (!started) {
    started = true;
    effectScope(true).run(() => useIntervalFn(() => (now.value = Date.now()), 1000));
  }
  return readonly(now);
}
