/** Masks what a trace is made of: its lines of JSON, and the bodies that pages have loaded. */
import { createFinder } from '../../domain/finder.ts';
import { createRedactor, type Redactor } from '../../domain/redact.ts';
import { formsOf } from '../../domain/secret-forms.ts';
import { inertSnapshot } from './inert-snapshot.ts';
import { textRuns } from './text-runs.ts';
import { createResultFilter, isMap, maskedData, type Event, type Masks } from './trace-event.ts';

export type TraceMasks = {
  /** of a line of a `.trace`, `.network` or `.stacks`; null: it is no JSON, and is left out */
  line(line: string): string | null;
  /** Null: it may hold a secret that cannot be masked, and is left out. */
  resource(name: string, bytes: Buffer): Buffer | null;
  name(name: string): string;
};

/** Bytes that are no text are kept when the viewer can show them: what is packed (archives, documents) cannot be searched. */
const shown = /\.(png|jpe?g|gif|webp|avif|bmp|ico|woff2?|ttf|otf)$/i;

/** They have no tags, and much that looks like one. */
const untagged = /\.([mc]?js|css)$/i;

/** For one trace. Its lines are asked for in their order: a result is known by the call before it. */
export function createTraceMasks(secrets: readonly string[]): TraceMasks {
  const redact = createRedactor(secrets);
  // also what is spread over the elements of a text that is HTML
  const one = (text: string): string => (text.includes('<') ? redact.spread(text, textRuns(text)) : redact(text));
  const masks: Masks = { one, neighbours: redact.neighbours };
  const filter = createResultFilter();
  const inBytes = createFinder();
  // in bytes that are no text only as it is: in any case, short ones would be found by chance
  for (const secret of secrets) if (secret.length >= 3) byteForms(secret).forEach(inBytes.add);
  const hides = (bytes: Buffer): boolean => inBytes.find(bytes.toString('latin1')).length === 0;
  return {
    name: (name) => redact(name),
    line(line) {
      const event = parsed(line);
      if (event === undefined) return null;
      return JSON.stringify(isMap(event) ? maskedEvent(filter(event), masks, redact) : maskedData(event, masks));
    },
    resource(name, bytes) {
      const text = decoded(bytes);
      if (!text) return shown.test(name) && hides(bytes) ? bytes : null;
      const masked = text.encode(untagged.test(name) ? redact(text.text) : one(text.text));
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

/** Undefined: no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function maskedEvent({ type, snapshot, ...rest }: Event, masks: Masks, redact: Redactor): unknown {
  return {
    ...(type !== undefined && { type }),
    ...(maskedData(rest, masks) as object),
    ...(snapshot !== undefined && { snapshot: maskedSnapshot(snapshot, masks, type === 'frame-snapshot' ? redact : undefined) }),
  };
}

/** `redact`: for one of a page */
function maskedSnapshot(snapshot: unknown, masks: Masks, redact?: Redactor): unknown {
  if (!redact || !isMap(snapshot)) return maskedData(snapshot, masks);
  const { html, ...rest } = snapshot;
  return { ...(maskedData(rest, masks) as object), html: inertSnapshot(html, redact) };
}
