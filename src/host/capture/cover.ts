/** Covers what nobody may see, in the page itself, so that every picture of it is covered: live frames, video, step pictures, evidence. */
import type { CDPSession, Page } from 'playwright';
import { guardScript, scanScript, type GuardScan } from './guard-script.ts';
import type { PageSessions } from './page-sessions.ts';

/** `clean`: nothing had to be covered. `covered`: something was not covered until now, so a picture from before may show it. `failed`: nobody knows. */
export type Scan = 'clean' | 'covered' | 'failed';
export type Cover = {
  /** The texts that nobody may see; replaces those before. */
  secrets(texts: readonly string[]): void;
  readonly hasSecrets: boolean;
  /** Looks through the page once more. Never rejects. */
  scan(page: Page): Promise<Scan>;
};

const world = 'understudy';

export function createCover(sessions: PageSessions): Cover {
  let secrets: readonly string[] = [];
  const installed = new WeakMap<CDPSession, { script: string; identifier: string }>();

  /** In the documents to come, and in those that are there. */
  async function install(session: CDPSession): Promise<void> {
    const script = guardScript(secrets);
    const before = installed.get(session);
    if (before?.script === script) return;
    await session.send('Page.enable');
    const { identifier } = await session.send('Page.addScriptToEvaluateOnNewDocument', { source: script, worldName: world });
    installed.set(session, { script, identifier });
    if (before) await session.send('Page.removeScriptToEvaluateOnNewDocument', { identifier: before.identifier });
    await inEveryFrame(session, script);
  }

  async function scanSession(session: CDPSession): Promise<GuardScan[]> {
    await install(session);
    const found = await inEveryFrame(session, scanScript);
    return found.map((value) => (value as GuardScan | null) ?? { covered: 0, whole: false });
  }

  return {
    secrets(texts) {
      secrets = [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
    },
    get hasSecrets() {
      return secrets.length > 0;
    },
    async scan(page) {
      if (secrets.length === 0) return 'clean';
      try {
        const own = await sessions.of(page);
        const all = [own, ...(page.frames().length > 1 ? await sessions.ofOtherProcesses(page) : [])];
        const scans = (await Promise.all(all.map(scanSession))).flat();
        if (scans.some(({ whole }) => !whole)) return 'failed';
        return scans.some(({ covered }) => covered > 0) ? 'covered' : 'clean';
      } catch {
        return 'failed';
      }
    },
  };
}

const mostFrames = 30;

/** Values that the script gives in each frame of the session. A frame that goes away meanwhile shows nothing any more. @throws Error when there are too many */
async function inEveryFrame(session: CDPSession, expression: string): Promise<unknown[]> {
  const { frameTree } = await session.send('Page.getFrameTree');
  const frames = idsOf(frameTree);
  if (frames.length > mostFrames) throw new Error('too many frames');
  const results = await Promise.all(frames.map((frameId) => inFrame(session, frameId, expression)));
  if (results[0] === gone) throw new Error('another document has come');
  return results.filter((result) => result !== gone);
}

const gone = Symbol('gone');

async function inFrame(session: CDPSession, frameId: string, expression: string): Promise<unknown> {
  try {
    // gives the world that is there already
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId, worldName: world });
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { contextId, expression, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  } catch (error) {
    if (/No frame|not found|Cannot find context|destroyed|detached/i.test(String(error))) return gone;
    throw error;
  }
}

type FrameTree = { frame: { id: string }; childFrames?: FrameTree[] };
const idsOf = ({ frame, childFrames = [] }: FrameTree): string[] => [frame.id, ...childFrames.flatMap(idsOf)];
