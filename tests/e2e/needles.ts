/** The forms in which a canary might stand in bytes, and a search that finds them in any case. */

const code = (character: string, length: number): string => character.charCodeAt(0).toString(16).padStart(length, '0');

/** What the parts of an address, forms and scripts make of a value, by their own hand; each once more encoded, too. */
function inAddresses(value: string): string[] {
  const address = new URL('http://h/');
  [address.search, address.hash, address.password, address.pathname] = [value, value, value, `/${value}`];
  const parts = [address.search.slice(1), address.hash.slice(1), address.password, address.pathname.slice(1)];
  const once = [...parts, encodeURI(value), encodeURIComponent(value), new URLSearchParams({ v: value }).toString().slice(2)];
  const latin1 = encodeURI(value).replace(/%C3%([89AB].)/g, (_, low: string) => `%${(Number.parseInt(low, 16) + 0x40).toString(16)}`);
  return [...once, latin1, ...once.map(encodeURIComponent)];
}

function inTexts(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (one) => `\\u${code(one, 4)}`);
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  const html = value.replace(/[&<>"']/g, (one) => names[one] ?? one);
  const numbers = value.replace(/[^ A-Za-z0-9]/g, (one) => `&#${one.charCodeAt(0)};`);
  const hexNumbers = value.replace(/[^ A-Za-z0-9]/g, (one) => `&#x${code(one, 2)};`);
  return [
    value,
    json,
    ascii,
    json.replaceAll('/', '\\/'),
    ascii.replaceAll('/', '\\/'),
    html,
    numbers,
    hexNumbers,
    value.replace(/[|/:?*<>"\\]/g, '_'),
  ];
}

/** As pages group numbers: by four, and by the middle. */
function inGroups(value: string): string[] {
  if (!/^\d{16}$/.test(value)) return [];
  const fours = value.match(/.{4}/g) ?? [];
  return [' ', '-', '.', '\u00a0', '%20', '+', '&nbsp;'].map((between) => fours.join(between));
}

/** As the elements of a page that is written down: in halves, and letter by letter. */
function inElements(value: string): string[] {
  if (!/^\d{16}$/.test(value)) return [];
  const [first, second] = [value.slice(0, 8), value.slice(8)];
  const letters = [...value].map((one) => `<span>${one}</span>`).join('');
  return [`<b>${first}</b><i>${second}</i>`, letters, `${first}","${second}`, `"${first}"`, `"${second}"`, `>${first}<`, `>${second}<`];
}

/** What is the same wherever in a base64 the bytes stand. */
const base64Of = (bytes: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });

function inBytes(value: string): string[] {
  const wide = Buffer.from(value, 'utf16le');
  const charsets = [Buffer.from(value), Buffer.from(value, 'latin1'), wide, Buffer.from(wide).swap16()];
  const base64 = charsets.flatMap(base64Of);
  return [
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map(encodeURIComponent),
    ...charsets.map((bytes) => bytes.toString('hex')),
    Buffer.from(value, 'latin1').toString('latin1'),
    wide.toString('latin1'),
  ];
}

const lowered = (bytes: Buffer): string => bytes.toString('latin1').toLowerCase();

export type Search = (bytes: Buffer) => string[];

/** @param canaries by name. @returns a function that says which of them are in some bytes, and how they are written there */
export function searchFor(canaries: Record<string, string>): Search {
  const needles = Object.entries(canaries).flatMap(([name, value]) =>
    [
      ...new Set([
        ...[...inTexts(value), ...inAddresses(value), ...inGroups(value), ...inElements(value)].map((form) => lowered(Buffer.from(form))),
        ...inBytes(value).map((form) => form.toLowerCase()),
      ]),
    ].map((form) => ({ name, form })),
  );
  return (bytes) => {
    const text = lowered(bytes);
    return needles.filter(({ form }) => text.includes(form)).map(({ name, form }) => `${name} as ${form}`);
  };
}
