import { onKeyStroke } from '@vueuse/core';
import { nextTick, ref } from 'vue';

/** Typing in a field is never a command, nor is a key with a modifier. */
export const isTyping = (e: KeyboardEvent): boolean =>
  e.ctrlKey ||
  e.metaKey ||
  e.altKey ||
  (e.target instanceof Element &&
    e.target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]') !== null);

/** j and k move, Enter opens, / searches, Escape leaves the search and lets go. The selection is an id, so it stays on its row when rows come and go. */
export function useRowKeys(ids: () => string[], open: (id: string) => void) {
  const selected = ref<string>();
  function move(by: number): void {
    const all = ids();
    const at = all.indexOf(selected.value ?? '');
    selected.value = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    void nextTick(() => document.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' }));
  }
  const onPlainKey = (key: string, act: (e: KeyboardEvent) => void): void => {
    onKeyStroke(key, (e) => {
      if (!isTyping(e)) act(e);
    });
  };
  onPlainKey('j', () => move(1));
  onPlainKey('k', () => move(-1));
  onPlainKey('Escape', () => (selected.value = undefined));
  onPlainKey('Enter', (e) => {
    if (selected.value && !(e.target as Element).closest('a, button')) open(selected.value);
  });
  onPlainKey('/', (e) => {
    const field = document.querySelector<HTMLInputElement>('[data-search] input, input[data-search]');
    if (!field) return;
    e.preventDefault();
    field.focus();
  });
  onKeyStroke('Escape', (e) => {
    if (e.target instanceof HTMLElement && e.target.closest('[data-search]')) e.target.blur();
  });
  return { selected, move };
}
