/** What the inbox lists and which question it shows; both are in the address. */
import { useMediaQuery } from '@vueuse/core';
import { computed, ref, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { inOrder, type InboxOrder, type WaitingRow } from '../components/approval/waiting-rows.ts';

type Inbox = { rows: Ref<readonly WaitingRow[]>; /** somebody points at the list, so it does not sort itself anew */ held: Ref<boolean> };

export function useApprovalInbox({ rows, held }: Inbox) {
  const route = useRoute();
  const router = useRouter();
  const wide = useMediaQuery('(min-width: 48rem)');
  const order = computed<InboxOrder>({
    get: () => (route.query.sort === 'age' ? 'age' : 'deadline'),
    set: (to) => void router.replace({ query: { ...route.query, sort: to === 'age' ? 'age' : undefined } }),
  });
  const heldIds = ref<string[]>([]);
  const listed = computed(() => inOrder(rows.value, order.value, heldIds.value));
  watch(held, (is) => (heldIds.value = is ? listed.value.map((row) => row.id) : []));
  watch(order, () => (heldIds.value = []));

  const selected = computed(() => (typeof route.query.job === 'string' && route.query.job !== '' ? route.query.job : undefined));
  /** On a small screen the question covers the list, so the browser's way back leads to it. */
  function select(id: string | undefined): void {
    const query = { ...route.query, job: id };
    void (wide.value ? router.replace({ query }) : router.push({ query }));
  }
  const others = computed(() => listed.value.filter((row) => row.id !== selected.value));
  function move(by: number): void {
    const at = listed.value.findIndex((row) => row.id === selected.value);
    const to = at < 0 ? listed.value[0] : listed.value[Math.min(listed.value.length - 1, Math.max(0, at + by))];
    if (to) select(to.id);
  }
  /** Where there is room for both, the first question is shown at once, and stays when the order changes. */
  watch(
    [listed, wide],
    () => {
      const first = listed.value[0];
      if (wide.value && !selected.value && first) select(first.id);
    },
    { immediate: true },
  );
  return { order, listed, selected, select, move, next: computed(() => others.value[0]?.id) };
}
