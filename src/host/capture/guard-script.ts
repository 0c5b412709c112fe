/**
 * What runs in an isolated world of every document of a job that has secrets: the page's own scripts see neither it nor the secrets. It paints black what shows one.
 * Its parts are serialised and meet in the document.
 */
import { createFieldCover } from './guard-fields.ts';
import { createMatcher, type Matcher } from './guard-matcher.ts';
import { createTextCover } from './guard-texts.ts';
import { createWatch } from './guard-watch.ts';

/** What a look through the document has found: how much may have been seen since the look before; `whole` is false when the document is too large. */
export type GuardScan = { covered: number; whole: boolean };

/** A script that makes the guard of a document, or gives one that is there other secrets. `version`: a number of its own for each list of secrets */
export const guardScript = (secrets: readonly string[], version: number): string =>
  `(${install.toString()})({ secrets: ${JSON.stringify(secrets)}, version: ${version} }, { createMatcher: ${createMatcher.toString()}, createTextCover: ${createTextCover.toString()}, createFieldCover: ${createFieldCover.toString()}, createWatch: ${createWatch.toString()} })`;
/** Gives a GuardScan; null where no guard is, or one with other secrets. */
export const scanScript = (version: number): string =>
  `globalThis.__understudyGuard ? globalThis.__understudyGuard.scan(${version}) : null`;

type Parts = {
  createMatcher: typeof createMatcher;
  createTextCover: typeof createTextCover;
  createFieldCover: typeof createFieldCover;
  createWatch: typeof createWatch;
};

type Known = { secrets: readonly string[]; version: number };

function install(given: Known, parts: Parts): void {
  type Guard = { setSecrets(next: Known): void; scan(version: number): GuardScan | null };
  const world = globalThis as typeof globalThis & { __understudyGuard?: Guard };
  if (world.__understudyGuard) return world.__understudyGuard.setSecrets(given);
  let known = given;
  let matcher: Matcher = parts.createMatcher(given.secrets);
  const texts = parts.createTextCover(() => matcher);
  const fields = parts.createFieldCover(() => matcher);
  const watch = parts.createWatch(texts, fields);
  world.__understudyGuard = {
    setSecrets: (next) => {
      known = next;
      matcher = parts.createMatcher(next.secrets);
    },
    scan: (version) => (version === known.version ? watch.scan() : null),
  };
}
