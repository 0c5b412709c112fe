/** Where the element is that is acted on. An act is over in a few hundredths of a second: its mark stays for as long as an eye needs, unless the page is another one by then. */
import { onScopeDispose, shallowRef } from 'vue';
import type { Doing } from '../../../src/contract/evidence.ts';

const seenFor = 1_200;

const keyOf = ({ stepId, attempt, at }: Doing): string => `${stepId} ${attempt} ${at}`;
/** Another act goes on, of which nobody knows the place. */
const isOther = (doing: Doing | null, known: string): boolean => doing?.phase === 'acting' && keyOf(doing) !== known;

/** `marked`: the act that is marked in the picture. `hear`: whatever is done now, and the address it is done at. */
export function useMark() {
  const marked = shallowRef<Doing>();
  let url = '';
  /** the act that was marked last: it is told again and again while it goes on */
  let known = '';
  let fading: ReturnType<typeof setTimeout> | undefined;
  function clear(): void {
    clearTimeout(fading);
    fading = undefined;
    marked.value = undefined;
  }
  function begin(doing: Doing, at: string): void {
    clear();
    marked.value = doing;
    known = keyOf(doing);
    url = at;
  }
  function hear(doing: Doing | null, at: string): void {
    const goesOn = doing !== null && keyOf(doing) === known;
    if (doing?.mark && !goesOn) begin(doing, at);
    else if (at !== url || isOther(doing, known)) clear();
    else if (marked.value && !goesOn) fading ??= setTimeout(clear, seenFor);
  }
  onScopeDispose(clear);
  return { marked, hear, clear };
}
