/** Which containers of the timeline are folded: by hand, else by what has become of them. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { allKeys, keysAround, openByItself, type StepNode } from '../components/timeline/step-tree.ts';

export type Folding = {
  isOpen: (key: string) => boolean;
  toggle: (key: string) => void;
};

/** `held`: somebody points at the list. Then nothing folds or unfolds by itself: no row moves under the pointer. */
export function useFolding(nodes: Ref<readonly StepNode[]>) {
  const byHand = ref<ReadonlyMap<string, boolean>>(new Map());
  const held = ref(false);
  const itself = shallowRef<ReadonlySet<string>>(new Set());
  watch(
    [nodes, held],
    () => {
      if (!held.value || itself.value.size === 0) itself.value = openByItself(nodes.value);
    },
    { immediate: true },
  );
  const isOpen = (key: string): boolean => byHand.value.get(key) ?? itself.value.has(key);
  const set = (keys: readonly string[], open: boolean): void => {
    if (keys.length > 0) byHand.value = new Map([...byHand.value, ...keys.map((key): [string, boolean] => [key, open])]);
  };
  const keys = computed(() => allKeys(nodes.value));
  const anyOpen = computed(() => keys.value.some(isOpen));
  return {
    isOpen,
    toggle: (key: string): void => set([key], !isOpen(key)),
    /** so that the step's row can be seen */
    reveal: (stepId: string): void =>
      set(
        keysAround(nodes.value, stepId).filter((key) => !isOpen(key)),
        true,
      ),
    foldAll: (): void => set(keys.value, !anyOpen.value),
    foldable: computed(() => keys.value.length > 0),
    anyOpen,
    held,
  };
}
