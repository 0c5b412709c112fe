/** Numbers as pages write them, added up without the errors of binary fractions. */

/** digits / 10^scale */
export type Decimal = { digits: bigint; scale: number };

const spaces = /[\s\u00a0\u202f\u2009'’]/g;
const grouped = (separator: string): RegExp => new RegExp(`^\\d{1,3}(\\${separator}\\d{3})+$`);

/**
 * Currency signs and codes (€, USD), spaces and apostrophes between digits do not matter; a minus may be − or, as in accounts, brackets. Of `,` and `.` the last one is
 * the decimal separator when both are there. Alone, a `.` is one; a `,` is one unless exactly three digits follow it, as in 1,234; one that comes more than once
 * separates thousands.
 * @returns undefined for what is no number
 */
export function decimalOf(data: unknown): Decimal | undefined {
  if (typeof data === 'number') return Number.isFinite(data) ? ofPlain(plainNumber(data)) : undefined;
  if (typeof data !== 'string' || data.length > 100) return undefined;
  const [text, negative] = signOf(
    data
      .trim()
      .replace(/\p{Sc}|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])/gu, ' ')
      .replace(spaces, ''),
  );
  const plain = withPoint(text);
  if (plain === undefined) return undefined;
  return ofPlain(negative ? `-${plain}` : plain);
}

function plainNumber(data: number): string {
  const text = String(data);
  if (!text.includes('e')) return text;
  return Math.abs(data) >= 1 ? BigInt(data).toString() : data.toFixed(20);
}

function signOf(text: string): [text: string, negative: boolean] {
  const bracketed = /^\((.*)\)$/.exec(text)?.[1];
  if (bracketed !== undefined) return [bracketed, true];
  return /^[-−]/.test(text) ? [text.slice(1), true] : [text.replace(/^\+/, ''), false];
}

/** With a `.` before the fraction, and nothing else but digits. */
function withPoint(text: string): string | undefined {
  const point = pointOf(text);
  const [whole = '', fraction] = point === undefined ? [text] : [text.slice(0, point), text.slice(point + 1)];
  const separator = /[.,]/.exec(whole)?.[0];
  if (separator !== undefined && !grouped(separator).test(whole)) return undefined;
  const digits = whole.replace(/[.,]/g, '');
  const plain = fraction === undefined ? digits : `${digits || '0'}.${fraction}`;
  return /^\d+(\.\d+)?$/.test(plain) ? plain : undefined;
}

/** Where the decimal separator stands. */
function pointOf(text: string): number | undefined {
  const [dot, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  const last = Math.max(dot, comma);
  if (last === -1) return undefined;
  if (dot !== -1 && comma !== -1) return last;
  const separator = text[last] as string;
  if (text.indexOf(separator) !== last) return undefined;
  return separator === ',' && grouped(',').test(text) ? undefined : last;
}

function ofPlain(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  return { digits: BigInt(`${whole}${fraction}`), scale: fraction.length };
}

const rescaled = ({ digits, scale }: Decimal, to: number): bigint => digits * 10n ** BigInt(to - scale);

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: rescaled(a, scale) + rescaled(b, scale), scale };
}

export function isLess(a: Decimal, b: Decimal): boolean {
  const scale = Math.max(a.scale, b.scale);
  return rescaled(a, scale) < rescaled(b, scale);
}

const extraDigits = 6;

/** Rounded half away from zero, six digits behind those of the sum. */
export function divide({ digits, scale }: Decimal, by: number): Decimal {
  const raised = digits * 10n ** BigInt(extraDigits);
  const [size, divisor] = [raised < 0n ? -raised : raised, BigInt(by)];
  const rounded = (size * 2n + divisor) / (divisor * 2n);
  return { digits: raised < 0n ? -rounded : rounded, scale: scale + extraDigits };
}

/** `1234.5`: without zeros at its end. */
export function textOf({ digits, scale }: Decimal): string {
  const size = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const [whole, fraction] = [size.slice(0, size.length - scale), size.slice(size.length - scale).replace(/0+$/, '')];
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return digits < 0n ? `-${text}` : text;
}
