import { useLocalStorage } from '@vueuse/core';
import { computed } from 'vue';

/** Who sits here, as they say themselves: sent as `actor` and `requestedBy`. There are no accounts. */
const name = useLocalStorage('understudy.name', '');

export function usePerson() {
  const actor = computed(() => name.value.trim().slice(0, 200) || 'Somebody at the console');
  const initials = computed(() =>
    name.value
      .trim()
      .split(/\s+/)
      .map((word) => [...word][0] ?? '')
      .slice(0, 2)
      .join('')
      .toUpperCase(),
  );
  return { name, actor, initials };
}
