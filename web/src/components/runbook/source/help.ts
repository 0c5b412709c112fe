import { kindInWords, schemasAt, type JsonSchema } from './json-schema.ts';
import { keyAt } from './place.ts';

/** `from` and `to`: the key that is explained. `about` may be empty; `kind` says what its value may be. */
export type Help = { key: string; from: number; to: number; about: string; kind: string };

/** What the language says about the key at a character; null elsewhere, and for keys it does not know. */
export function helpAt(schema: JsonSchema, text: string, at: number): Help | null {
  const found = keyAt(text, at);
  if (!found) return null;
  const ways = schemasAt(schema, found.trail);
  if (ways.length === 0) return null;
  const { key, from, to } = found.pair;
  return { key, from, to, about: aboutOf(ways), kind: kindInWords(ways) };
}

/** What the schema says about a field; empty when it says nothing. */
export const aboutOf = (ways: readonly JsonSchema[]): string => ways.find((way) => way.description !== undefined)?.description ?? '';
