/** The guard in the frames of a page, in an isolated world of each. */
import type { CDPSession } from 'playwright';
import { scanScript, type GuardScan } from './guard-script.ts';

/** `version`: of the secrets that the guard's script brings along */
export type Guarding = { script: string; version: number };
/** What was last put into the documents to come of a session: one after the other, so that the newest wins. */
export type Installed = WeakMap<CDPSession, Promise<InPlace>>;
type InPlace = { version: number; identifier: string };

export const world = 'understudy';
/** A page with more is not looked through: it has no picture. */
export const mostFrames = 100;

/** Puts the guard into the documents to come, in those that are there by the next look. @throws Error when the page has gone */
export async function installGuard(session: CDPSession, { script, version }: Guarding, installed: Installed): Promise<void> {
  const before = installed.get(session);
  const install = async (): Promise<InPlace> => {
    const known = await before?.catch(() => undefined);
    if (known?.version === version) return known;
    await session.send('Page.enable');
    const { identifier } = await session.send('Page.addScriptToEvaluateOnNewDocument', { source: script, worldName: world });
    if (known) await session.send('Page.removeScriptToEvaluateOnNewDocument', { identifier: known.identifier });
    return { version, identifier };
  };
  const now = install();
  installed.set(session, now);
  await now;
}

/** What the guard of each document sees; it is made where there is none. A frame that goes away meanwhile shows nothing any more. @throws Error when there are too many */
export async function inEveryFrame(session: CDPSession, guarding: Guarding): Promise<GuardScan[]> {
  const { frameTree } = await session.send('Page.getFrameTree');
  const frames = idsOf(frameTree);
  if (frames.length > mostFrames) throw new Error('too many frames');
  const results = await Promise.all(frames.map((frameId) => inFrame({ session, frameId }, guarding)));
  if (results[0] === gone) throw new Error('another document has come');
  return results.filter((result) => result !== gone);
}

const gone = Symbol('gone');
type Frame = { session: CDPSession; frameId: string };

async function inFrame({ session, frameId }: Frame, { script, version }: Guarding): Promise<GuardScan | typeof gone> {
  try {
    // gives the world that is there already
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId, worldName: world });
    const evaluate = async (expression: string): Promise<GuardScan | null> => {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', { contextId, expression, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return result.value as GuardScan | null;
    };
    const scan = scanScript(version);
    return (await evaluate(scan)) ?? (await evaluate(`${script};${scan}`)) ?? { covered: 0, whole: false, nodes: 0 };
  } catch (error) {
    if (/No frame|not found|Cannot find context|destroyed|detached/i.test(String(error))) return gone;
    throw error;
  }
}

type FrameTree = { frame: { id: string }; childFrames?: FrameTree[] };
const idsOf = ({ frame, childFrames = [] }: FrameTree): string[] => [frame.id, ...childFrames.flatMap(idsOf)];
