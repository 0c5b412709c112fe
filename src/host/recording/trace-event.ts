/** Masks the data of a trace's lines: what was called with what, what came of it, what was loaded, what pages said. */
import { mask, type Redactor } from '../../domain/redact.ts';

export type Event = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Event => typeof value === 'object' && value !== null && !Array.isArray(value);

/** They open accounts and are of no use to whoever looks at a trace. */
const credentials = new Set(['cookie', 'set-cookie', 'authorization', 'proxy-authorization']);

/** `one` masks a text, `neighbours` several that stand side by side. */
export type Masks = { one: (text: string) => string; neighbours: Redactor['neighbours'] };
/** `path`: where it stands, but for its place in lists */
type Rules = { text: (text: string, path: string) => string; number: (value: number) => unknown };

/**
 * The keys are the trace's own words. What stands at the same place of all items of a list is one text: a secret may be spread over several items.
 * A number is masked when it is a secret as a whole.
 */
export function maskedData(data: unknown, { one, neighbours }: Masks): unknown {
  const found = new Map<string, string[]>();
  const collect = (text: string, path: string): string => {
    const texts = found.get(path);
    if (texts) texts.push(text);
    else found.set(path, [text]);
    return text;
  };
  rewritten(data, '', { text: collect, number: (value) => value });
  const masked = new Map([...found].map(([path, texts]) => [path, neighbours(texts).map(one)[Symbol.iterator]()]));
  return rewritten(data, '', {
    text: (_text, path) => masked.get(path)?.next().value ?? mask,
    number: (value) => (one(String(value)) === mask ? mask : value),
  });
}

function rewritten(data: unknown, path: string, rules: Rules): unknown {
  if (typeof data === 'string') return rules.text(data, path);
  if (typeof data === 'number') return rules.number(data);
  if (Array.isArray(data)) return data.map((item: unknown) => rewritten(item, path, rules));
  if (!isMap(data)) return data;
  const isCredential = typeof data['name'] === 'string' && typeof data['value'] === 'string' && credentials.has(data['name'].toLowerCase());
  if (isCredential) return { ...data, value: mask };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, key === 'cookies' ? [] : rewritten(value, `${path}.${key}`, rules)]),
  );
}

/**
 * Leaves out the lists and maps that functions of ours have read of a page: they hold its texts apart, among names and numbers, where nobody finds a secret that the page
 * spreads over several elements. Scripts of a runbook are no functions to Playwright, and what they give is kept.
 * @returns for the events of a trace, in their order
 */
export function createResultFilter(): (event: Event) => Event {
  const scripts = new Set<unknown>();
  return (event) => {
    const { type, callId, params, result } = event;
    if (type === 'before' && isMap(params) && params['isFunction'] === false) scripts.add(callId);
    if (type !== 'after' || scripts.delete(callId) || !isMap(result) || !isStructure(result['value'])) return event;
    const { value: _value, ...rest } = result;
    return { ...event, result: rest };
  };
}

/** As Playwright writes a list or a map of the page. */
const isStructure = (value: unknown): boolean => isMap(value) && ('a' in value || 'o' in value);
