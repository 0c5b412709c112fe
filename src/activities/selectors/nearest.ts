/** Which of a page's elements come nearest to what was asked for, in sentences. */
import { kindOf, quote } from '../look/words.ts';
import type { Inhabitant } from './inhabitants.ts';
import { similarity } from './similarity.ts';
import type { Wish, Wishes } from './wishes.ts';

const most = 5;
const near = 0.5;
/** for an element of the very kind that was asked for */
const nearOfKind = 0.4;
/** a kind of which there are no more than this is told whatever its elements are called */
const few = 3;
const kept = 2;

/** `label`: what tells the element apart, quoted */
type Likeness = { score: number; label: string; tell: () => string };
type Alike = Likeness & { nth: number; sure: boolean };
type Asked = { wish: Wish; kind: string; said: (text: string) => string };
/** `best`: the nearest of those that can be seen and are of the kind that was asked for, the nth of the page. */
export type Nearest = { sentences: string[]; best?: { nth: number; label: string } };

/** At most five, the nearest first; of those that are of the right kind whatever they are called, two have a place in any case. Texts are masked by `redact` before they are cut. */
export function nearest(wanted: Wishes, inhabitants: readonly Inhabitant[], redact: (text: string) => string): Nearest {
  const kind = wanted.role || wanted.tag ? kindWord({ role: wanted.role ?? '', tag: wanted.tag ?? '', type: '' }) : '';
  const said = (text: string): string => quote(redact(text));
  const alike = inhabitants.flatMap((one, nth) => bestOf({ one, nth }, wanted, { kind, said }));
  const sorted = alike.sort((a, b) => b.score - a.score).slice(0, 4 * most);
  const best = sorted.find(({ sure }) => sure);
  const told = [...new Set(sorted.map(({ tell }) => tell()))];
  const toldOf = new Set(sorted.map(({ nth }) => nth));
  const ofThatKind = kind === '' ? [] : ofKind({ wanted, inhabitants, toldOf }, said);
  const room = most - Math.min(kept, ofThatKind.length);
  const sentences = [...new Set([...told.slice(0, room), ...ofThatKind, ...told.slice(room)])].slice(0, most);
  return { sentences, ...(best && { best: { nth: best.nth, label: best.label } }) };
}

function bestOf({ one, nth }: { one: Inhabitant; nth: number }, wanted: Wishes, asked: Omit<Asked, 'wish'>): Alike[] {
  const sameKind = isOfKind(one, wanted);
  const threshold = sameKind ? nearOfKind : near;
  const alike = wanted.wishes.flatMap((wish) => compared(one, { ...asked, wish }).filter(({ score }) => score >= threshold));
  const best = alike.sort((a, b) => b.score - a.score)[0];
  const sure = !one.hidden && (sameKind || asked.kind === '');
  return best ? [{ ...best, nth, sure, score: best.score + (sameKind ? 0.2 : 0) - (one.hidden ? 0.1 : 0) }] : [];
}

const isOfKind = ({ role, tag, type }: Inhabitant, wanted: Wishes): boolean =>
  wanted.role !== undefined
    ? role === wanted.role || kindWord({ role, tag, type }) === kindWord({ role: wanted.role, tag: '', type: '' })
    : wanted.tag !== undefined && tag === wanted.tag;

function compared(one: Inhabitant, { wish, kind, said }: Asked): Likeness[] {
  const what = withArticle(kindWord(one));
  const exists = one.hidden ? 'is there, but hidden' : 'exists';
  if (wish.by === 'text') {
    const asked = (): string => `${kind === '' ? '' : `${withArticle(kind)} `}${said(wish.value)}`;
    return one.texts.map((text) => ({
      score: similarity(wish.value, text),
      label: said(text),
      tell: () => `${what} ${said(text)} ${exists}; ${asked()} was asked for`,
    }));
  }
  const attributes = { id: one.id, name: one.name, 'data-testid': one.testId };
  return Object.entries(attributes).map(([attribute, value]) => ({
    // the same word in another attribute is a good hint, but not as good as a slip in the right one
    score: similarity(wish.value, value) - (attribute === wish.by ? 0 : 0.1),
    label: said(one.texts[0] ?? value),
    tell: () => `${what} with the ${attribute} ${said(value)} ${exists}; the ${wish.name} ${said(wish.value)} was asked for`,
  }));
}

type Told = { wanted: Wishes; inhabitants: readonly Inhabitant[]; toldOf: ReadonlySet<number> };

/** The only ones of their kind, whatever they are called, that are not told already. */
function ofKind({ wanted, inhabitants, toldOf }: Told, said: Asked['said']): string[] {
  const same = inhabitants
    .map((one, nth) => ({ one, nth }))
    .filter(({ one }) => isOfKind(one, wanted) && !one.hidden && one.texts.length > 0);
  if (same.length > few) return [];
  return same.filter(({ nth }) => !toldOf.has(nth)).map(({ one }) => `${withArticle(kindWord(one))} ${said(one.texts[0] ?? '')} exists`);
}

const kindWord = (one: Pick<Inhabitant, 'role' | 'tag' | 'type'>): string => kindOf(one).toLowerCase();
const withArticle = (word: string): string => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
