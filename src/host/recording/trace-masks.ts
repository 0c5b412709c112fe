/** Masks what a trace is made of: its lines of JSON, and the bodies that pages have loaded. */
import { createFinder } from '../../domain/finder.ts';
import { createRedactor, mask, type Redactor } from '../../domain/redact.ts';
import { formsOf } from '../../domain/secret-forms.ts';
import { inertSnapshot } from './inert-snapshot.ts';

export type TraceMasks = {
  /** of a line of a `.trace`, `.network` or `.stacks`; null: it is no JSON, and is left out */
  line(line: string): string | null;
  /** Null: it may hold a secret that cannot be masked, and is left out. */
  resource(name: string, bytes: Buffer): Buffer | null;
  name(name: string): string;
};

/** They open accounts and are of no use to whoever looks at a trace. */
const credentials = new Set(['cookie', 'set-cookie', 'authorization', 'proxy-authorization']);
/** Bytes that are no text are kept when the viewer can show them: what is packed (archives, documents) cannot be searched. */
const shown = /\.(png|jpe?g|gif|webp|avif|bmp|ico|woff2?|ttf|otf)$/i;

export function createTraceMasks(secrets: readonly string[]): TraceMasks {
  const redact = createRedactor(secrets);
  const inBytes = createFinder();
  // in bytes that are no text only as it is: in any case, short ones would be found by chance
  for (const secret of secrets) if (secret.length >= 3) byteForms(secret).forEach(inBytes.add);
  const hides = (bytes: Buffer): boolean => inBytes.find(bytes.toString('latin1')).length === 0;
  return {
    name: (name) => redact(name),
    line: (line) => maskedLine(line, redact),
    resource(name, bytes) {
      const text = decoded(bytes);
      if (!text) return shown.test(name) && hides(bytes) ? bytes : null;
      const masked = text.encode(redact(text.text));
      return hides(masked) ? masked : null;
    },
  };
}

/** As `latin1` reads the bytes of a text: the encodings of the redactor find what is ASCII, these the rest. */
const byteForms = (secret: string): string[] => {
  const wide = Buffer.from(secret, 'utf16le');
  const plain = [
    secret,
    Buffer.from(secret, 'utf8').toString('latin1'),
    wide.toString('latin1'),
    Buffer.from(wide).swap16().toString('latin1'),
  ];
  const { exact, base64 } = formsOf(secret);
  return [...plain, ...exact, ...base64];
};

type Decoded = { text: string; encode: (text: string) => Buffer };

/** Null: no text. */
function decoded(bytes: Buffer): Decoded | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: bytes.toString('utf16le'), encode: (text) => Buffer.from(text, 'utf16le') };
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) {
    return { text: Buffer.from(bytes).swap16().toString('utf16le'), encode: (text) => Buffer.from(text, 'utf16le').swap16() };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encode: (text) => Buffer.from(text) };
  } catch {
    return null;
  }
}

function maskedLine(line: string, redact: Redactor): string | null {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isMap(event)) return JSON.stringify(masked(event, redact));
  const { type, snapshot, ...rest } = event;
  const isFrame = type === 'frame-snapshot' && isMap(snapshot);
  return JSON.stringify({
    ...(type !== undefined && { type }),
    ...(masked(rest, redact) as object),
    ...(snapshot !== undefined && { snapshot: isFrame ? maskedSnapshot(snapshot, redact) : masked(snapshot, redact) }),
  });
}

function maskedSnapshot({ html, ...rest }: Record<string, unknown>, redact: Redactor): unknown {
  return { ...(masked(rest, redact) as object), html: inertSnapshot(html, redact) };
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys are the trace's own words. A number is masked when it is a secret as a whole. */
function masked(data: unknown, redact: Redactor): unknown {
  if (typeof data === 'string') return redact(data);
  if (typeof data === 'number') return redact(String(data)) === mask ? mask : data;
  if (Array.isArray(data)) return data.map((item: unknown) => masked(item, redact));
  if (!isMap(data)) return data;
  if (typeof data['name'] === 'string' && typeof data['value'] === 'string' && credentials.has(data['name'].toLowerCase())) {
    return { ...data, value: mask };
  }
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, key === 'cookies' ? [] : masked(value, redact)]));
}
