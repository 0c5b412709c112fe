/** Where secrets show in a document. Part of the guard's script: the function is serialised, so nothing outside of it is there. */

export type Matcher = {
  /** whether a field with this value shows a secret, of any length when it is the whole value */
  inField(value: string): boolean;
  /** whether what is typed so far is the beginning of a secret (at least 2 characters) */
  begins(value: string): boolean;
  /** Where a text shows secrets of at least 4 characters, as [first, behind the last] character; in order, none touches another. */
  find(text: string): [number, number][];
};

/**
 * Upper and lower case are the same (style sheets change them), any white space is one space; and in secrets of at least 8 characters what pages group long
 * numbers with does not count.
 */
export function createMatcher(secrets: readonly string[]): Matcher {
  const shortest = 4;
  const shortestGrouped = 8;
  const separators = /[\s\-./()\u00ad\u200b-\u200d\u2060\ufeff]+/g;
  type Form = { drop: RegExp; by: string; needles: string[] };
  const fold = (text: string, { drop, by }: Omit<Form, 'needles'>): string => text.trim().replace(drop, by).toLowerCase();
  const form = (drop: RegExp, by: string, least: number): Form => {
    const needles = secrets.map((secret) => fold(secret, { drop, by })).filter((needle) => needle.length >= least);
    return { drop, by, needles: [...new Set(needles)] };
  };
  const plain = form(/\s+/g, ' ', shortest);
  const forms = [plain, form(separators, '', shortestGrouped)];

  const among = (text: string, wanted: Form): string[] => {
    const folded = fold(text, wanted);
    return wanted.needles.filter((needle) => folded.includes(needle));
  };
  /** The folded text, and where each of its characters comes from. */
  const unfold = (text: string, { drop, by }: Form): { folded: string; at: number[] } => {
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
    const needles = among(text, wanted);
    if (needles.length === 0) return [];
    const { folded, at } = unfold(text, wanted);
    return needles.flatMap((needle) => {
      const found: [number, number][] = [];
      for (let first = folded.indexOf(needle); first >= 0; first = folded.indexOf(needle, first + 1))
        found.push([at[first] ?? 0, (at[first + needle.length - 1] ?? 0) + 1]);
      return found;
    });
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
      return whole.has(value) || whole.has(value.trim()) || forms.some((one) => among(value, one).length > 0);
    },
    begins: (value) =>
      forms.some((one) => {
        const folded = fold(value, one);
        return folded.length >= 2 && one.needles.some((needle) => needle.startsWith(folded));
      }),
    find: (text) => united(forms.flatMap((one) => places(text, one))),
  };
}
