/** One film of several files in one <video>: its place and commands are those of the whole. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { lengthOf, placeIn, type Part } from './chapters.ts';

type Screen = Readonly<Ref<HTMLVideoElement | null>>;
type Parts = Readonly<Ref<readonly Part[]>>;

/** Where the film stands. `pending`: where the file that is about to come begins, in ms; undefined: it is there. */
function useFilm(video: Screen, parts: Parts) {
  const index = shallowRef(0);
  const at = ref(0);
  const pending = shallowRef<number>();
  const length = computed(() => lengthOf(parts.value));
  const part = computed(() => parts.value[index.value]);

  /** `ms` of the whole; the file that shows it is loaded when it is another one. */
  function seek(ms: number): void {
    const to = Math.min(Math.max(0, ms), length.value);
    const place = placeIn(parts.value, to);
    at.value = to;
    if (place.index === index.value && video.value && video.value.readyState > 0) video.value.currentTime = place.ms / 1000;
    else pending.value = place.ms;
    index.value = place.index;
  }
  function moved(): void {
    if (pending.value === undefined && part.value && video.value) at.value = part.value.fromMs + video.value.currentTime * 1000;
  }
  return { index, at, pending, length, part, seek, moved };
}

export function usePlayback(video: Screen, parts: Parts) {
  const { index, at, pending, length, part, seek, moved } = useFilm(video, parts);
  const playing = ref(false);
  const failed = ref(false);

  async function play(): Promise<void> {
    playing.value = true;
    if (at.value >= length.value - 50) seek(0);
    // refused while the file changes: it goes on when the next one has come
    await video.value?.play().catch(() => undefined);
  }
  function toggle(): void {
    if (!playing.value) return void play();
    playing.value = false;
    video.value?.pause();
  }
  function loaded(): void {
    failed.value = false;
    if (pending.value !== undefined && video.value) video.value.currentTime = pending.value / 1000;
    pending.value = undefined;
    if (playing.value) void play();
  }
  function ended(): void {
    if (index.value < parts.value.length - 1) {
      pending.value = 0;
      index.value += 1;
      return;
    }
    playing.value = false;
    at.value = length.value;
  }
  watch(index, () => (failed.value = false));
  return { part, at, length, playing, failed, seek, toggle, loaded, moved, ended };
}
