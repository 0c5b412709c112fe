import type { PlannedLoop } from '../../contract/step-task.ts';
import { listPrefix, type HostValue } from '../../host/protocol.ts';
import { asText } from '../memory/as-text.ts';
import { opened } from '../memory/sealed.ts';
import { StepFailure } from '../step-failure.ts';
import type { Decided, Deciding } from './decide.ts';
import { takeList } from './take-list.ts';

type ForEach = PlannedLoop & { forEach: string; id: string };
type Item = { total: number; sensitive: boolean; item?: unknown };

const longestLabel = 200;

/** The list is taken once, at iteration 0, and kept by the host: what becomes of its variable later does not change the loop. */
export async function nextItem(loop: ForEach, iteration: number, deciding: Deciding): Promise<Decided> {
  const list = `${listPrefix}${loop.id}`;
  const taken = iteration === 0 ? await takeList(loop.forEach, deciding) : undefined;
  const keptList = taken ? [{ name: list, value: JSON.stringify(taken.items), sensitive: taken.sensitive, json: true as const }] : [];
  const { total, item, sensitive } = taken
    ? { total: taken.items.length, item: taken.items[0], sensitive: taken.sensitive }
    : await fromHost(list, iteration, deciding);
  if (iteration >= total) return { decision: { go: 'past' }, kept: [empty(list)] };
  if (iteration >= loop.maxIterations) return { decision: { go: 'past', capped: true }, kept: [empty(list)] };
  const value = itemValue(loop.itemVariable ?? 'item', { item, sensitive }, deciding);
  const counted = [loop.indexVariable, loop.counterVariable].filter((name) => name !== undefined);
  return {
    decision: { go: 'in', body: 0, total, label: value.sensitive ? null : value.value.slice(0, longestLabel) },
    kept: [...keptList, value, ...counted.map((name) => ({ name, value: String(iteration), sensitive: false }))],
  };
}

/** Nobody reads it any more; the loop takes another one when it begins anew. */
const empty = (list: string): HostValue => ({ name: list, value: '[]', sensitive: false, json: true });

async function fromHost(list: string, iteration: number, { host }: Deciding): Promise<Item> {
  const { total, sensitive = false, item } = await host.item(list, iteration);
  if (total === null)
    throw new StepFailure('value_missing', 'The list of this loop is not there any more: it was lost with the browser host.');
  return { total, sensitive, item };
}

/** Texts, numbers and the like as text; lists and objects as data. */
function itemValue(name: string, { item, sensitive }: Pick<Item, 'item' | 'sensitive'>, { redact }: Deciding): HostValue {
  const plain = opened(item);
  const isData = typeof plain.data === 'object' && plain.data !== null;
  const value = asText(plain.data);
  const hidden = sensitive || plain.sensitive || redact(value) !== value;
  return { name, value, sensitive: hidden, ...(isData && { json: true }) };
}
