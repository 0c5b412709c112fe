/** Lists that loops go through: taken once, kept as one value of the ledger, and read item by item. They do not go out with the other values: they may be long. */
import { listPrefix, type Call, type HostValue } from './protocol.ts';

const parsed = new WeakMap<HostValue, unknown[]>();

export const isList = (name: string): boolean => name.startsWith(listPrefix);

/** @param value a JSON array */
export function itemAt(value: HostValue, index: number): Call['item'][1] {
  const items = parsed.get(value) ?? (JSON.parse(value.value) as unknown[]);
  parsed.set(value, items);
  return { total: items.length, sensitive: value.sensitive, ...(index < items.length && { item: items[index] }) };
}
