import { readonly, ref } from 'vue';

/** Said to those who listen and do not look. At most one message in five seconds; the last one wins. */
const said = ref('');
const pause = 5_000;
let spokeAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function announce(text: string): void {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      said.value = text;
      spokeAt = Date.now();
    },
    Math.max(0, spokeAt + pause - Date.now()),
  );
}

export const useAnnouncer = () => ({ said: readonly(said), announce });
