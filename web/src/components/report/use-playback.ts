/** One film of several files in one <video>: its place and commands are those of the whole. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { lengthOf, placeIn, type Part } from './chapters.ts';

export function usePlayback(video: Readonly<Ref<HTMLVideoElement | null>>, parts: Readonly<Ref<readonly Part[]>>) {
  const index = shallowRef(0);
  const at = ref(0);
  const playing = ref(false);
  const failed = ref(false);
  /** where the file that is about to come begins, in ms; undefined: it is there */
  let pending: number | undefined;
  const length = computed(() => lengthOf(parts.value));
  const part = computed(() => parts.value[index.value]);

  /** `ms` of the whole; the file that shows it is loaded when it is another one. */
  function seek(ms: number): void {
    const to = Math.min(Math.max(0, ms), length.value);
    const place = placeIn(parts.value, to);
    at.value = to;
    if (place.index === index.value && video.value && video.value.readyState > 0) video.value.currentTime = place.ms / 1000;
    else pending = place.ms;
    index.value = place.index;
  }
  async function play(): Promise<void> {
    playing.value = true;
    if (at.value >= length.value - 50) seek(0);
    // refused while the file changes: it goes on when the next one has come
    await video.value?.play().catch(() => undefined);
  }
  function stop(): void {
    playing.value = false;
    video.value?.pause();
  }
  function loaded(): void {
    failed.value = false;
    if (pending !== undefined && video.value) video.value.currentTime = pending / 1000;
    pending = undefined;
    if (playing.value) void play();
  }
  function moved(): void {
    if (pending === undefined && part.value && video.value) at.value = part.value.fromMs + video.value.currentTime * 1000;
  }
  function ended(): void {
    if (index.value < parts.value.length - 1) {
      pending = 0;
      index.value += 1;
    } else {
      playing.value = false;
      at.value = length.value;
    }
  }
  watch(index, () => (failed.value = false));
  return {
    part,
    at,
    length,
    playing,
    failed,
    seek,
    play,
    stop,
    loaded,
    moved,
    ended,
    toggle: () => (playing.value ? stop() : void play()),
  };
}
