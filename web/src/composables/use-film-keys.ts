import { onKeyStroke } from '@vueuse/core';
import { isTyping } from './use-row-keys.ts';

export type FilmCommands = { previous: () => void; next: () => void; play: () => void; follow: () => void; full: () => void };

/** A key that another control of the page has taken is not the film's. */
const isOthers = (e: KeyboardEvent): boolean => e.defaultPrevented || isTyping(e);

/** Space presses what has the focus, where that can be pressed. */
const isPressed = (e: KeyboardEvent): boolean =>
  e.target instanceof Element && e.target.closest('a, button, summary, [role=button], [role=link], video, audio') !== null;

/** [ ] previous and next step in time, Space plays and stops, l goes back to live, f is full screen. Dead while typing, in dialogs, and where another control uses the key. */
export function useFilmKeys({ previous, next, play, follow, full }: FilmCommands): void {
  const onPlainKey = (key: string, act: (e: KeyboardEvent) => void): void => {
    onKeyStroke(key, (e) => {
      if (!isOthers(e) && !e.repeat) act(e);
    });
  };
  const onStep = (key: string, act: () => void): void => {
    onKeyStroke(key, (e) => {
      if (!isOthers(e)) act();
    });
  };
  onStep('[', previous);
  onStep(']', next);
  onPlainKey('l', follow);
  onPlainKey('f', full);
  onPlainKey(' ', (e) => {
    if (isPressed(e)) return;
    e.preventDefault();
    play();
  });
}
