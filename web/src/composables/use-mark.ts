/** Where the element is that is acted on. An act is over in a few hundredths of a second: its mark stays for as long as an eye needs, unless the page is another one by then. */
import { onScopeDispose, shallowRef } from 'vue';
import type { Doing } from '../../../src/contract/evidence.ts';

const seenFor = 1_200;

/** `marked`: the act that is marked in the picture. `hear`: whatever is done now, and the address it is done at. */
export function useMark() {
  const marked = shallowRef<Doing>();
  let url = '';
  let fading: ReturnType<typeof setTimeout> | undefined;
  function clear(): void {
    clearTimeout(fading);
    fading = undefined;
    marked.value = undefined;
  }
  function hear(doing: Doing | null, at: string): void {
    if (doing?.mark) {
      clear();
      marked.value = doing;
      url = at;
    } else if (at !== url || doing?.phase === 'acting') clear();
    else if (marked.value) fading ??= setTimeout(clear, seenFor);
  }
  onScopeDispose(clear);
  return { marked, hear, clear };
}
