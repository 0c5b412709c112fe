/** Masks sensitive values wherever they might show up: as they are, and in the encodings that URLs, HTML, JSON and headers give them. */

export type Redactor = {
  (text: string): string;
  /** A masked copy of plain data (maps, lists, text); map keys are masked too. */
  deep<T>(data: T): T;
};

export const mask = '•••';
/** Shorter values would mask half of every text. */
const shortest = 3;

const htmlEscapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string, characters: RegExp): string => text.replace(characters, (c) => htmlEscapes[c] ?? c);

/** encodeURIComponent throws on half a surrogate pair. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * What the base64 of any text that holds the value has in common: it depends on where in a group of three bytes the value begins,
 * and its outer characters also carry bits of the neighbours.
 */
function base64Forms(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const whole = base64Of(bytes);
  const within = [0, 1, 2].map((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const start = Math.ceil((before * 8) / 6);
    return base64Of(padded).slice(start, Math.floor(((before + bytes.length) * 8) / 6));
  });
  const plain = [whole, whole.replace(/=+$/, ''), ...within.filter((form) => form.length >= 6)];
  return [...plain, ...plain.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

function hexForms(text: string): string[] {
  const lower = [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [lower, lower.toUpperCase()];
}

function formsOf(value: string): string[] {
  const encoded = encodeURIComponent(wellFormed(value));
  const strictlyEncoded = encoded.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    encoded,
    strictlyEncoded,
    encoded.replaceAll('%20', '+'),
    strictlyEncoded.replaceAll('%20', '+'),
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    encodeURI(wellFormed(value)),
    escapeHtml(value, /[&<>"']/g),
    escapeHtml(value, /[&<>"]/g),
    escapeHtml(value, /[&<>]/g),
    escapeHtml(value, /[&<>"']/g).replaceAll('&#39;', '&#x27;'),
    json,
    JSON.stringify(json).slice(1, -1),
    ...base64Forms(value),
    ...hexForms(value),
    ...queryForms(value),
  ];
}

/**
 * What a page makes of a value that stood unencoded in the query of an address: `+` means a space there, and `&` or `#` ends the value. Shorter
 * pieces say little and would mask too much.
 */
function queryForms(value: string): string[] {
  const pieces = value.split(/[&#]/);
  return [value, ...(pieces.length > 1 ? pieces.filter((piece) => piece.length >= 6) : [])].flatMap((text) => [
    text,
    text.replaceAll('+', ' '),
  ]);
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function deeply(data: unknown, redact: (text: string) => string): unknown {
  if (typeof data === 'string') return redact(data);
  if (Array.isArray(data)) return data.map((item: unknown) => deeply(item, redact));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [redact(key), deeply(value, redact)]));
}

/**
 * Values shorter than 3 characters cannot be masked. Longer forms win over shorter ones that they contain. Also masks each line of a
 * value of several lines, because pages show them apart.
 */
export function createRedactor(sensitive: readonly string[]): Redactor {
  const values = sensitive.flatMap((value) => [
    value,
    value.trim(),
    ...(value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : []),
  ]);
  const forms = new Set(
    values
      .filter((v) => v.length >= shortest)
      .flatMap(formsOf)
      .filter((form) => form.length >= shortest),
  );
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.length > 0 ? new RegExp(longestFirst.map(escapePattern).join('|'), 'g') : undefined;
  const redact = (text: string): string => (pattern ? text.replace(pattern, mask) : text);
  return Object.assign(redact, { deep: <T>(data: T): T => deeply(data, redact) as T });
}
