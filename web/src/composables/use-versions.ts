/** The versions of a runbook, and whether somebody saved one meanwhile. */
import { useEventListener } from '@vueuse/core';
import { computed, shallowRef, type Ref } from 'vue';
import type { RunbookDetail, RunbookVersion } from '../../../src/contract/library.ts';
import { listVersions } from '../api/runbooks.ts';

/** `version`: the one that is asked for; undefined: the newest. */
export function useVersions(stored: Ref<RunbookDetail | undefined>, version: Ref<number | undefined>) {
  const versions = shallowRef<RunbookVersion[]>([]);
  const newest = computed(() => Math.max(0, ...versions.value.map((v) => v.version)));
  const readOnly = computed(() => version.value !== undefined && stored.value !== undefined && stored.value.version < newest.value);
  /** saved by somebody since this one was loaded */
  const newer = computed(() => {
    const base = stored.value?.version ?? newest.value;
    return readOnly.value ? undefined : versions.value.find((v) => v.version === newest.value && v.version > base);
  });

  function add({ version: number, updatedAt: createdAt, title, steps }: RunbookDetail): void {
    if (versions.value.some((v) => v.version === number)) return;
    versions.value = [{ version: number, createdAt, title, steps }, ...versions.value];
  }
  /** @throws RequestError */
  async function refresh(id: string): Promise<void> {
    const all = await listVersions(id);
    if (stored.value?.id === id) versions.value = all;
  }
  /** Whoever comes back to this tab sees at once whether somebody saved. What cannot be asked now is asked when it is saved. */
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible' && stored.value) void refresh(stored.value.id).catch(() => undefined);
  });
  return { versions, newest, readOnly, newer, add, refresh };
}
