import { useEventListener } from '@vueuse/core';
import type { Ref } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';

/** Asks before changes are lost: by a link of ours, by closing the tab. */
export function useUnsavedGuard(dirty: Ref<boolean>): void {
  const ask = (): boolean => !dirty.value || window.confirm('Leave without saving? Your changes to this runbook will be lost.');
  onBeforeRouteLeave(() => ask());
  onBeforeRouteUpdate(() => ask());
  useEventListener(window, 'beforeunload', (event) => {
    if (dirty.value) event.preventDefault();
  });
}
