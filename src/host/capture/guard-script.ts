/**
 * What runs in an isolated world of every document of a job that has secrets: the page's own scripts see neither it nor the secrets. It paints black what shows one.
 * Its parts are serialised and meet in the document.
 */
import { createCollector } from './guard-collect.ts';
import { createFieldCover } from './guard-fields.ts';
import { createGenerated } from './guard-generated.ts';
import { createLines } from './guard-lines.ts';
import { createMatcher, type Matcher } from './guard-matcher.ts';
import { createPaint } from './guard-paint.ts';
import { createTextCover } from './guard-texts.ts';
import { createWatch } from './guard-watch.ts';

/** What a look through the document has found: how much may have been seen since the look before; `whole` is false when the document is too large; how many `nodes` it has. */
export type GuardScan = { covered: number; whole: boolean; nodes: number };

const parts = { createMatcher, createPaint, createLines, createTextCover, createFieldCover, createGenerated, createCollector, createWatch };
type Parts = typeof parts;
const written = Object.entries(parts)
  .map(([name, part]) => `${name}: ${part.toString()}`)
  .join(', ');

/** A script that makes the guard of a document, or gives one that is there other secrets. `version`: a number of its own for each list of secrets */
export const guardScript = (secrets: readonly string[], version: number): string =>
  `(${install.toString()})({ secrets: ${JSON.stringify(secrets)}, version: ${version} }, { ${written} })`;
/** Gives a GuardScan; null where no guard is, or one with other secrets. */
export const scanScript = (version: number): string =>
  `globalThis.__understudyGuard ? globalThis.__understudyGuard.scan(${version}) : null`;
/** A function to be called with a closed shadow root as `this`; whether that was not known. */
export const revealScript = 'function () { return globalThis.__understudyGuard ? globalThis.__understudyGuard.reveal(this) : false; }';

type Known = { secrets: readonly string[]; version: number };

function install(given: Known, made: Parts): void {
  type Guard = { setSecrets(next: Known): void; scan(version: number): GuardScan | null; reveal(root: ShadowRoot): boolean };
  const world = globalThis as typeof globalThis & { __understudyGuard?: Guard };
  if (world.__understudyGuard) return world.__understudyGuard.setSecrets(given);
  let known = given;
  let matcher: Matcher = made.createMatcher(given.secrets);
  const paint = made.createPaint();
  const texts = made.createTextCover(
    () => matcher,
    paint,
    made.createLines(() => matcher),
  );
  const fields = made.createFieldCover(() => matcher, paint);
  const generated = made.createGenerated();
  const collector = made.createCollector(generated, fields.selector);
  const watch = made.createWatch({ texts, fields, generated, paint, collector });
  world.__understudyGuard = {
    setSecrets: (next) => {
      known = next;
      matcher = made.createMatcher(next.secrets);
    },
    scan: (version) => (version === known.version ? watch.scan() : null),
    reveal: (root) => collector.reveal(root),
  };
}
