/** Where secrets show in a document. Part of the guard's script: the function is serialised, so nothing outside of it is there. */

export type Matcher = {
  /** whether a field with this value shows a secret, of any length when it is the whole value */
  inField(value: string): boolean;
  /** whether what is typed so far is the beginning of a secret (at least 2 characters) */
  begins(value: string): boolean;
  /** Where a text shows secrets of at least 4 characters, as [first, behind the last] character; in order, none touches another. */
  find(text: string): [number, number][];
  /** A text in lower case, without what groups. */
  bare(text: string): string;
  /** What is missing of the secrets that a bare text ends with the beginning of: 2 characters of it, or the whole text. */
  begun(bare: string): readonly string[];
};

/**
 * Upper and lower case are the same (style sheets change them), any white space is one space; and in secrets of at least 8 characters what pages group long
 * numbers with does not count.
 */
export function createMatcher(secrets: readonly string[]): Matcher {
  const shortest = 4;
  const shortestGrouped = 8;
  const separators = /[\s\-./()\u00ad\u200b-\u200d\u2060\ufeff]+/g;
  type Fold = { drop: RegExp; by: string };
  /** `at`: which needles stand at a place of a folded text */
  type Form = Fold & { needles: string[]; at: (folded: string, place: number) => string[] };
  const fold = (text: string, { drop, by }: Fold): string => text.trim().replace(drop, by).toLowerCase();
  const none: string[] = [];
  const head = (text: string, place: number): number =>
    Math.imul((text.charCodeAt(place) << 14) ^ (text.charCodeAt(place + 1) << 7) ^ text.charCodeAt(place + 2), 0x9e3779b1) >>> 16;
  const listIn = <K>(map: Map<K, string[]>, key: K): string[] => {
    const list = map.get(key) ?? [];
    map.set(key, list);
    return list;
  };
  // only what begins alike is compared, so that it does not matter how many there are
  const finder = (needles: string[]): Form['at'] => {
    const isHead = new Uint8Array(1 << 16);
    const byHead = new Map<number, string[]>();
    for (const needle of needles) {
      isHead[head(needle, 0)] = 1;
      listIn(byHead, head(needle, 0)).push(needle);
    }
    return (folded, place) => {
      const found = head(folded, place);
      return isHead[found] === 0 ? none : (byHead.get(found) ?? none).filter((needle) => folded.startsWith(needle, place));
    };
  };
  const form = (drop: RegExp, by: string, least: number): Form => {
    const needles = [...new Set(secrets.map((secret) => fold(secret, { drop, by })).filter((needle) => needle.length >= least))];
    return { drop, by, needles, at: finder(needles) };
  };
  const plain = form(/\s+/g, ' ', shortest);
  const forms = [plain, form(separators, '', shortestGrouped)];

  const bare = form(separators, '', shortest);
  const byBeginning = new Map<string, string[]>();
  for (const needle of bare.needles) for (const length of [1, 2]) listIn(byBeginning, needle.slice(0, length)).push(needle);
  const pair = (text: string, place: number): number => ((text.charCodeAt(place) << 7) ^ text.charCodeAt(place + 1)) & 0xffff;
  const isPair = new Uint8Array(1 << 16);
  for (const needle of bare.needles) isPair[pair(needle, 0)] = 1;
  const longestBare = bare.needles.reduce((longest, { length }) => Math.max(longest, length), 0);
  const missingAt = (text: string, place: number, beginning: string): string[] => {
    const begun = byBeginning.get(beginning);
    if (!begun) return none;
    const end = text.slice(place);
    return begun.filter((needle) => needle.length > end.length && needle.startsWith(end)).map((needle) => needle.slice(end.length));
  };

  const isIn = (text: string, wanted: Form): boolean => {
    const folded = fold(text, wanted);
    for (let place = 0; place + shortest <= folded.length; place += 1) if (wanted.at(folded, place).length > 0) return true;
    return false;
  };
  /** The folded text, and where each of its characters comes from. */
  const unfold = (text: string, { drop, by }: Fold): { folded: string; at: number[] } => {
    const at: number[] = [];
    let folded = '';
    const add = (character: string, index: number): void => {
      const lower = character.toLowerCase();
      folded += lower.length === 1 ? lower : character;
      at.push(index);
    };
    let from = 0;
    for (const { 0: gap, index } of text.matchAll(drop)) {
      for (; from < index; from += 1) add(text.charAt(from), from);
      if (by !== '') add(by, from);
      from = index + gap.length;
    }
    for (; from < text.length; from += 1) add(text.charAt(from), from);
    return { folded, at };
  };
  const places = (text: string, wanted: Form): [number, number][] => {
    if (!isIn(text, wanted)) return [];
    const { folded, at } = unfold(text, wanted);
    const found: [number, number][] = [];
    for (let first = 0; first + shortest <= folded.length; first += 1)
      for (const { length } of wanted.at(folded, first)) found.push([at[first] ?? 0, (at[first + length - 1] ?? 0) + 1]);
    return found;
  };

  const united = (spans: [number, number][]): [number, number][] => {
    const apart: [number, number][] = [];
    for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
      const last = apart.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else apart.push([start, end]);
    }
    return apart;
  };

  const whole = new Set(secrets.flatMap((secret) => [secret, secret.trim()]));
  return {
    inField(value) {
      if (value.trim() === '') return false;
      return whole.has(value) || whole.has(value.trim()) || forms.some((one) => isIn(value, one));
    },
    begins: (value) =>
      forms.some((one) => {
        const folded = fold(value, one);
        return folded.length >= 2 && one.needles.some((needle) => needle.startsWith(folded));
      }),
    bare: (text) => fold(text, bare),
    begun(text) {
      if (text.length < 2) return text === '' ? none : missingAt(text, 0, text);
      let missing = none;
      for (let place = Math.max(0, text.length - longestBare); place + 2 <= text.length; place += 1) {
        if (isPair[pair(text, place)] === 0) continue;
        const more = missingAt(text, place, text.slice(place, place + 2));
        if (more.length > 0) missing = [...missing, ...more];
      }
      return missing;
    },
    find: (text) => united(forms.flatMap((one) => places(text, one))),
  };
}
