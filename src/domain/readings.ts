/** The ways in which one text can be read: as it stands, with its encodings undone, and as a person reads it. */
import { decodedCharacter, encodedCharacter } from './encoded.ts';
import type { Span } from './finder.ts';

export type Reading = {
  text: string;
  /** Where what stands in the reading comes from in the text. */
  origin: (span: Span) => Span;
};

type Change = { find: RegExp; by: string | ((found: string) => string) };

/** URL in URL, JSON in JSON: more than three are not seen. */
const deepest = 3;
const decoding: Change = { find: encodedCharacter, by: decodedCharacter };
/** A plus is a space in the query of an address. A space alone stays what it is: most texts are not copied. */
const spacing: Change = { find: /[\s+]{2,}|[^\S ]|\+/g, by: ' ' };
/** What pages group long numbers with, and what nobody sees. */
const grouping: Change = { find: /[\s\-./()\u00ad\u200b-\u200d\u2060\ufeff]+/g, by: '' };

/** Where long base64 is wrapped: mails, certificates and some headers indent what goes on. */
const wrapping: Change = { find: /[\r\n]+[ \t]*/g, by: '' };

const asItStands = (text: string): Reading => ({ text, origin: (span) => span });

/** The text, and what comes of it each time that its encodings are undone; the last one has none left, or is the fourth. */
export function decodedReadings(text: string): [Reading, ...Reading[]] {
  const readings: [Reading, ...Reading[]] = [asItStands(text)];
  let last = readings[0];
  while (readings.length <= deepest && /[%&\\]/.test(last.text)) {
    const next = changed(last, decoding);
    if (next === last) break;
    readings.push(next);
    last = next;
  }
  return readings;
}

/** Upper and lower case are the same, and any white space is one space. */
export const caseless = (reading: Reading): Reading => lowered(changed(reading, spacing));
/** The same without what groups. */
export const ungrouped = (reading: Reading): Reading => lowered(changed(reading, grouping));

/** In one line. */
export const unwrapped = (reading: Reading): Reading => changed(reading, wrapping);

/** The last of the decoded readings: what all encodings of a text have in common. */
export const decoded = (text: string): string => decodedReadings(text).at(-1)?.text ?? text;
export const caselessText = (text: string): string => caseless(asItStands(text)).text.trim();
export const ungroupedText = (text: string): string => ungrouped(asItStands(text)).text;

/** The only capital whose small letter is two characters would shift all that follows. */
const lowered = ({ text, origin }: Reading): Reading => ({
  text: (text.includes('\u0130') ? text.replaceAll('\u0130', 'i') : text).toLowerCase(),
  origin,
});

function changed(before: Reading, change: Change): Reading {
  const text = replaced(before.text, change);
  if (text === before.text) return before;
  let places: Places | undefined;
  const origin = ([start, end]: Span): Span => {
    // only a text in which something was found pays for this
    places ??= placesOf(before.text, change);
    return before.origin([places.starts[start] ?? 0, places.ends[end - 1] ?? before.text.length]);
  };
  return { text, origin };
}

const replaced = (text: string, { find, by }: Change): string =>
  typeof by === 'string' ? text.replace(find, by) : text.replace(find, (found) => by(found));

/** Of each character of the changed text: where it begins and ends in the one before. */
type Places = { starts: number[]; ends: number[] };

function placesOf(text: string, { find, by }: Change): Places {
  const starts: number[] = [];
  const ends: number[] = [];
  const copy = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  let at = 0;
  for (const { 0: found, index } of text.matchAll(find)) {
    copy(at, index);
    at = index + found.length;
    for (let left = (typeof by === 'string' ? by : by(found)).length; left > 0; left -= 1) {
      starts.push(index);
      ends.push(at);
    }
  }
  copy(at, text.length);
  return { starts, ends };
}
