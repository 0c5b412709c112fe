/**
 * Sensitive values within the rows of a collection. They are marked there, since the value that they came from may be another one by the time the row is used (the
 * next iteration captures anew), and nobody would know any more that they must not be seen.
 */
const mark = '•sensitive';

type Sealed = { [mark]: unknown };

export const sealed = (data: unknown): Sealed => ({ [mark]: data });

const isSealed = (data: unknown): data is Sealed =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, mark) && Object.keys(data).length === 1;

/** Plain data again; `sensitive` when any part of it is. */
export function opened(data: unknown): { data: unknown; sensitive: boolean } {
  let sensitive = false;
  const plain = mapSealed(data, (inside) => {
    sensitive = true;
    return inside;
  });
  return { data: plain, sensitive };
}

/** With `instead` in place of every sensitive part. */
export const masked = (data: unknown, instead: string): unknown => mapSealed(data, () => instead);

function mapSealed(data: unknown, change: (inside: unknown) => unknown): unknown {
  if (isSealed(data)) return change(data[mark]);
  if (Array.isArray(data)) return data.map((item: unknown) => mapSealed(item, change));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, mapSealed(value, change)]));
}
