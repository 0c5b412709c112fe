/** Covers what nobody may see, in the page itself, so that every picture of it is covered: live frames, video, step pictures, evidence. */
import type { BrowserContext, Page } from 'playwright';
import { formsOf, shownParts, writtenForms } from '../../domain/secret-forms.ts';
import { scanWithClosedRoots } from './closed-roots.ts';
import { installGuard, mostFrames, type Guarding, type Installed } from './frames.ts';
import { guardScript } from './guard-script.ts';
import type { PageSessions } from './page-sessions.ts';

/** `clean`: nothing had to be covered. `covered`: something may have been seen until now. `failed`: nobody knows. */
export type Scan = 'clean' | 'covered' | 'failed';
export type Cover = {
  /** The texts that nobody may see; replaces those before. @returns whether they are others */
  secrets(texts: readonly string[]): boolean;
  /** Looks through the page once more. Never rejects. */
  scan(page: Page): Promise<Scan>;
  /**
   * Called before a picture is taken; what it gives says, once the picture is there, whether that may be shown: everything was covered all the time, and the
   * documents are still the same. Never rejects.
   */
  witness(page: Page): () => Promise<boolean>;
};

export function createCover(context: BrowserContext, sessions: PageSessions): Cover {
  let secrets: readonly string[] = [];
  let guarding: Guarding = { script: '', version: 0 };
  const unsure = new WeakMap<Page, number>();
  const installed: Installed = new WeakMap();
  const doubt = (page: Page): void => void unsure.set(page, (unsure.get(page) ?? 0) + 1);
  const tend = (page: Page): void => void page.on('framenavigated', () => doubt(page));
  context.on('page', tend);
  context.pages().forEach(tend);

  async function scan(page: Page): Promise<Scan> {
    if (secrets.length === 0) return 'clean';
    const seen = await look(page, { sessions, installed, guarding });
    // whoever else takes a picture right now has to know, since what was covered is told only once
    if (seen !== 'clean') doubt(page);
    return seen;
  }

  return {
    secrets(texts) {
      const next = longestFirst(texts);
      if (next.join('\0') === secrets.join('\0')) return false;
      secrets = next;
      guarding = guardingOf(next, guarding.version + 1);
      return true;
    },
    scan,
    witness(page) {
      const [known, doubts] = [guarding.version, unsure.get(page)];
      return async () => {
        const seen = await scan(page);
        return seen === 'clean' && known === guarding.version && (secrets.length === 0 || doubts === unsure.get(page));
      };
    },
  };
}

type Look = { sessions: PageSessions; installed: Installed; guarding: Guarding };

async function look(page: Page, { sessions, installed, guarding }: Look): Promise<Scan> {
  try {
    const { length: frames } = page.frames();
    if (frames > mostFrames) return 'failed';
    const own = await sessions.of(page);
    const all = [own, ...(frames > 1 ? await sessions.ofOtherProcesses(page) : [])];
    const scans = await Promise.all(
      all.map(async (session) => {
        await installGuard(session, guarding, installed);
        return scanWithClosedRoots(session, guarding);
      }),
    );
    if (scans.flat().some(({ whole }) => !whole)) return 'failed';
    return scans.flat().some(({ covered }) => covered > 0) ? 'covered' : 'clean';
  } catch {
    return 'failed';
  }
}

const longestFirst = (texts: readonly string[]): string[] =>
  [...new Set(texts)].filter((text) => text.trim() !== '').sort((a, b) => b.length - a.length);

/** What pages show of a secret, and what texts are masked for: one rule says which encodings there are. */
const shownForms = (secret: string): string[] => [...shownParts(secret).flatMap(writtenForms), ...Object.values(formsOf(secret)).flat()];

const guardingOf = (secrets: readonly string[], version: number): Guarding => ({
  script: guardScript(longestFirst(secrets.flatMap(shownForms)), version),
  version,
});
