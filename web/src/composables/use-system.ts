import { useIntervalFn, useThrottleFn } from '@vueuse/core';
import { computed, effectScope, readonly, shallowRef } from 'vue';
import type { SystemInfo } from '../../../src/contract/system.ts';
import { getSystem } from '../api/jobs.ts';

/**
 * What runs, and how many browsers are in use; asked every 10 s while the tab is looked at, and by `askSoon` when a job began or ended.
 * The last answer stays when there is none.
 */
const system = shallowRef<SystemInfo>();
const every = 10_000;
let started = false;

async function ask(): Promise<void> {
  if (document.visibilityState === 'hidden') return;
  system.value = await getSystem().catch(() => system.value);
}

export const askSoon = useThrottleFn(ask, 2_000, true);

export function useSystem() {
  if (!started) {
    started = true;
    void ask();
    effectScope(true).run(() => useIntervalFn(() => void ask(), every));
  }
  /** empty: it can be recorded, or nobody knows yet */
  const noVideo = computed(() => (system.value?.video.available === false ? (system.value.video.because ?? 'Not available here') : ''));
  return { system: readonly(system), noVideo };
}
