/**
 * Masks sensitive values wherever they might show up: as they are, in the encodings that URLs, HTML, JSON and headers give them (also one in the other), in another
 * case and grouped as pages group numbers. What pictures cover follows the same rule: `src/host/capture/guard-matcher.ts`.
 */
import { createFinder, united, type Finder, type Span } from './finder.ts';
import { caseless, decodedReadings, ungrouped, unwrapped, type Reading } from './readings.ts';
import { formsOf, type SecretForms } from './secret-forms.ts';

export type Redactor = {
  (text: string): string;
  /** A masked copy of plain data (maps, lists, text); map keys are masked too. */
  deep<T>(data: T): T;
  /** Masked copies of texts that stand side by side, one for each: what is spread over several of them is masked in the first and left out of the others. */
  neighbours: (texts: readonly string[]) => string[];
  /** A masked text of which `runs` (in order, apart) are shown side by side: besides what stands anywhere in it, what is spread over several of them, in the same way. */
  spread: (text: string, runs: readonly Span[]) => string;
};
/** One that learns: what it is told is masked from then on. */
export type LiveRedactor = Redactor & {
  know: (secrets: Iterable<string>) => void;
  /** Tells it of all that is secret now. Of what it knew besides, at least the newest 1,000 stay, and at most twice as many: a long loop leaves more and more behind. */
  renew: (secrets: readonly string[]) => void;
};

export const mask = '•••';

/** Values of fewer than 3 characters cannot be masked; from 4 on in any case, from 8 on however grouped. Each line of a value of several is masked too. */
export function createRedactor(sensitive: Iterable<string>): Redactor {
  const search = createSearch([...sensitive]);
  return redactorOf(search.find);
}

const mostBesides = 1_000;

export function createLiveRedactor(): LiveRedactor {
  const known = new Set<string>();
  let search = createSearch([]);
  const know = (secrets: Iterable<string>): void => {
    for (const secret of secrets) {
      const isNew = !known.delete(secret);
      // the newest last, also one that was known
      known.add(secret);
      if (isNew) search.add(secret);
    }
  };
  const renew = (secrets: readonly string[]): void => {
    know(secrets);
    if (known.size <= secrets.length + 2 * mostBesides) return;
    const newest = [...known].slice(-(secrets.length + mostBesides));
    known.clear();
    search = createSearch([]);
    know(newest);
  };
  return Object.assign(
    redactorOf((text) => search.find(text)),
    { know, renew },
  );
}

/** Most texts of a trace are short and come again and again; looking at each three times took as long as everything else about it. */
const longestRemembered = 200;
const mostRemembered = 5_000;

type Search = { add(secret: string): void; find: (text: string) => Span[] };

function createSearch(secrets: string[]): Search {
  // many redactors are made and never asked; the forms are worked out when one is
  let pending = secrets;
  let finders: Finders | undefined;
  const clean = new Set<string>();
  return {
    add: (secret) => void pending.push(secret),
    find(text) {
      if (pending.length > 0) {
        finders ??= { exact: createFinder(), base64: createFinder(), caseless: createFinder(), ungrouped: createFinder() };
        for (const secret of pending) addForms(secret, finders);
        pending = [];
        clean.clear();
      }
      if (!finders || clean.has(text)) return [];
      const spans = findIn(text, finders);
      if (spans.length === 0 && text.length <= longestRemembered) {
        if (clean.size >= mostRemembered) clean.clear();
        clean.add(text);
      }
      return spans;
    },
  };
}

type Finders = Record<keyof SecretForms, Finder>;

function addForms(secret: string, finders: Finders): void {
  const forms = formsOf(secret);
  for (const kind of ['exact', 'base64', 'caseless', 'ungrouped'] as const) for (const form of forms[kind]) finders[kind].add(form);
}

function findIn(text: string, { exact, base64, caseless: inAnyCase, ungrouped: however }: Finders): Span[] {
  const readings = decodedReadings(text);
  const last = readings.at(-1) ?? readings[0];
  const spans: Span[] = [];
  const look = (reading: Reading, finder: Finder): void => {
    for (const span of finder.find(reading.text)) spans.push(reading.origin(span));
  };
  for (const reading of readings) {
    look(reading, exact);
    if (reading.text.length >= base64.least) look(unwrapped(reading), base64);
  }
  // most texts are too short to show anything
  if (last.text.length >= inAnyCase.least) look(caseless(last), inAnyCase);
  if (last.text.length >= however.least) look(ungrouped(last), however);
  return united(spans);
}

function redactorOf(find: (text: string) => Span[]): Redactor {
  const redact = (text: string): string => masked(text, find(text));
  return Object.assign(redact, {
    deep: <T>(data: T): T => deeply(data, redact) as T,
    neighbours: (texts: readonly string[]) => maskedNeighbours(texts, find).map(redact),
    spread: (text: string, runs: readonly Span[]) => maskedSpread(text, runs, find),
  });
}

function masked(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let shown = '';
  let at = 0;
  for (const [start, end] of spans) {
    shown += text.slice(at, start) + mask;
    at = end;
  }
  return shown + text.slice(at);
}

function maskedNeighbours(texts: readonly string[], find: (text: string) => Span[]): string[] {
  const spans = find(texts.join(''));
  if (spans.length === 0) return [...texts];
  let start = 0;
  let next = 0;
  return texts.map((text) => {
    const end = start + text.length;
    let shown = '';
    let at = start;
    while ((spans[next]?.[1] ?? Infinity) <= start) next += 1;
    for (let nth = next; (spans[nth]?.[0] ?? Infinity) < end; nth += 1) {
      const [first, behind] = spans[nth] ?? [end, end];
      shown += text.slice(at - start, Math.max(first, at) - start) + (first >= start ? mask : '');
      at = Math.min(behind, end);
    }
    shown += text.slice(at - start);
    start = end;
    return shown;
  });
}

function maskedSpread(text: string, runs: readonly Span[], find: (text: string) => Span[]): string {
  const pieces = piecesOf(find(runs.map(([start, end]) => text.slice(start, end)).join('')), runs);
  const begun = united([...find(text), ...pieces.flatMap(([first]) => (first ? [first] : []))]);
  const all = united([...begun, ...pieces.flatMap(([, ...others]) => others)]);
  let shown = '';
  let at = 0;
  let next = 0;
  for (const [start, end] of all) {
    const begins = (begun[next]?.[0] ?? Infinity) < end;
    while ((begun[next]?.[0] ?? Infinity) < end) next += 1;
    shown += text.slice(at, start) + (begins ? mask : '');
    at = end;
  }
  return shown + text.slice(at);
}

/** Of each span of the joined runs: where its pieces stand in the text. */
function piecesOf(spans: readonly Span[], runs: readonly Span[]): Span[][] {
  let nth = 0;
  let joined = 0;
  return spans.map(([first, last]) => {
    const pieces: Span[] = [];
    for (; nth < runs.length; nth += 1) {
      const [start, end] = runs[nth] ?? [0, 0];
      const from = Math.max(first - joined, 0);
      const to = Math.min(last - joined, end - start);
      if (from < to) pieces.push([start + from, start + to]);
      // the next one may begin in the same run
      if (joined + end - start >= last) break;
      joined += end - start;
    }
    return pieces;
  });
}

function deeply(data: unknown, redact: (text: string) => string): unknown {
  if (typeof data === 'string') return redact(data);
  if (Array.isArray(data)) return data.map((item: unknown) => deeply(item, redact));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [redact(key), deeply(value, redact)]));
}
