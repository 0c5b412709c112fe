import { references } from '../../domain/bindings.ts';
import { StepFailure } from '../step-failure.ts';
import { fillExpression } from '../values.ts';
import type { Deciding } from './decide.ts';

export const mostItems = 100_000;
/** characters of JSON: the list travels in one request */
const longestList = 10_000_000;
const collectionPrefix = 'collection:';
const shownLength = 80;

/** `sensitive`: as a whole; single items may be so as well */
export type List = { items: unknown[]; sensitive: boolean };

/**
 * The items of `collection:<name>`, or of the JSON array that a variable, template or expression gives.
 * @throws StepFailure `value_missing` when it is no list, or too long
 */
export async function takeList(source: string, deciding: Deciding): Promise<List> {
  const list = source.trim().startsWith(collectionPrefix) ? await ofCollection(source.trim(), deciding) : await ofText(source, deciding);
  if (list.items.length > mostItems)
    throw new StepFailure('value_missing', `The list of this loop has ${list.items.length} items; it may have ${mostItems}. Split it.`);
  return list;
}

/** Its name may be a template. */
async function ofCollection(source: string, deciding: Deciding): Promise<List> {
  const name = source.slice(collectionPrefix.length).trim();
  const items = await deciding.host.collection(name.includes('{{') ? await fillExpression(name, deciding) : name);
  if (JSON.stringify(items).length > longestList) throw tooLong();
  return { items, sensitive: false };
}

async function ofText(source: string, deciding: Deciding): Promise<List> {
  const { values, redact } = deciding;
  const text = await fillExpression(source, deciding);
  const named = references(source.includes('{{') ? source : `{{ ${source} }}`).some((name) => values.isSensitive(name));
  const items = parsed(text);
  if (text.length > longestList) throw tooLong();
  if (!Array.isArray(items)) throw noList(source, named ? '•••' : shortened(redact(text)));
  // a list that holds a secret somewhere is not secret as a whole
  return { items, sensitive: named };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const shortened = (text: string): string => (text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);

const tooLong = (): StepFailure =>
  new StepFailure(
    'value_missing',
    `The list of this loop is longer than ${longestList} characters. Split it, or let it hold only what the steps use.`,
  );

function noList(source: string, shown: string): StepFailure {
  const is = shown === '' ? 'is empty' : `is no JSON list but: ${shown}`;
  const remedy =
    'Give a list such as ["first", "second"], capture one with a script that returns a list, or name a collection as collection:<name>.';
  return new StepFailure('value_missing', `What the loop is to go through (${source.trim().slice(0, shownLength)}) ${is}. ${remedy}`);
}
