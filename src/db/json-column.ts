import { customType } from 'drizzle-orm/pg-core';

/** What Postgres refuses in text and jsonb: NUL and lone surrogates. Texts of pages and runbooks may hold both. */
export const storableText = (text: string): string => Buffer.from(text.replaceAll('\0', '\ufffd'), 'utf8').toString('utf8');

const suspicious = /\\u(0000|d[89a-f])/i;

/** JSON that Postgres accepts; a value with a refused character would otherwise fail the projection for ever. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!suspicious.test(json)) return json;
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return storableText(inner);
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [storableText(key), item as unknown]));
  });
}

/** jsonb that cleans what it stores. */
export const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
});

/** text that cleans what it stores. */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storableText,
});

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
