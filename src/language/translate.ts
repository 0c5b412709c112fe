import type { Mistakes } from './mistakes.ts';
import type { RawMap } from './raw.ts';

export type Translation = { root: RawMap; isShort: boolean };

export function translate(root: RawMap, _mistakes: Mistakes): Translation {
  return { root, isShort: false };
}

export const writeTranslation = (_translation: Translation): string | null => null;
