/** Shadow roots that are closed to all scripts. The DevTools protocol sees them, and shows them to the guard; to the page they stay closed. */
import type { CDPSession } from 'playwright';
import { inEveryFrame, world, type Guarding } from './frames.ts';
import { revealScript, type GuardScan } from './guard-script.ts';

type Node = {
  backendNodeId: number;
  frameId?: string;
  shadowRootType?: string;
  shadowRoots?: Node[];
  children?: Node[];
  contentDocument?: Node;
};
type ClosedRoot = { frameId: string; backendNodeId: number };

/** The tree of a larger page takes too long: it has no picture. */
const mostNodes = 60_000;
const mostRoots = 1_000;
/** A page may grow between the look and the count. */
const attempts = 2;
const objectGroup = 'understudy-closed';

/**
 * Looks at all frames of a session, and once more when there are closed roots that the guards did not know. To read the tree costs a hundred times what it costs to
 * count its nodes, so that is done only when there are more of them than the guards have seen.
 * @throws Error when there is too much to look through, or the page has gone
 */
export async function scanWithClosedRoots(session: CDPSession, guarding: Guarding): Promise<GuardScan[]> {
  const seen: GuardScan[] = [];
  let nodes = 0;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const scans = await inEveryFrame(session, guarding);
    // what was covered is told only once
    seen.push(...scans);
    if (seen.some(({ whole }) => !whole)) return seen;
    nodes = await countNodes(session);
    if (nodes === scans.reduce((sum, scan) => sum + scan.nodes, 0)) return seen;
  }
  if (nodes > mostNodes) throw new Error('too many nodes');
  return (await reveal(session)) ? [...seen, ...(await inEveryFrame(session, guarding))] : seen;
}

/** Of all documents, with those in closed roots: a search for nothing finds each element, text and comment. */
async function countNodes(session: CDPSession): Promise<number> {
  // sent together, so that nothing else on this session comes between them
  const [, { searchId, resultCount }] = await Promise.all([
    session.send('DOM.enable'),
    session.send('DOM.performSearch', { query: '', includeUserAgentShadowDOM: false }),
  ]);
  void session.send('DOM.discardSearchResults', { searchId }).catch(() => undefined);
  return resultCount;
}

/** @returns whether one was not known */
async function reveal(session: CDPSession): Promise<boolean> {
  const [{ root }, { frameTree }] = await Promise.all([
    session.send('DOM.getDocument', { depth: -1, pierce: true }),
    session.send('Page.getFrameTree'),
  ]);
  // else each change of what was read would be told from now on
  void session.send('DOM.disable').catch(() => undefined);
  const roots = closedRootsIn(root, frameTree.frame.id);
  if (roots.length > mostRoots) throw new Error('too many closed roots');
  const contexts = new Map<string, Promise<number>>();
  const contextOf = (frameId: string): Promise<number> => {
    const context = contexts.get(frameId) ?? worldOf(session, frameId);
    contexts.set(frameId, context);
    return context;
  };
  const fresh = await Promise.all(
    roots.map(async ({ frameId, backendNodeId }) => {
      const executionContextId = await contextOf(frameId);
      const { object } = await session.send('DOM.resolveNode', { backendNodeId, executionContextId, objectGroup });
      const call = { objectId: object.objectId ?? '', functionDeclaration: revealScript, returnByValue: true };
      return (await session.send('Runtime.callFunctionOn', call)).result.value === true;
    }),
  );
  void session.send('Runtime.releaseObjectGroup', { objectGroup }).catch(() => undefined);
  return fresh.includes(true);
}

async function worldOf(session: CDPSession, frameId: string): Promise<number> {
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId, worldName: world });
  return executionContextId;
}

function closedRootsIn(document: Node, mainFrame: string): ClosedRoot[] {
  const found: ClosedRoot[] = [];
  const left = [{ node: document, inFrame: mainFrame }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { node } = next;
    // of the frame that an element owns, or whose document it begins
    const frameId = node.frameId ?? next.inFrame;
    if (node.shadowRootType === 'closed') found.push({ frameId, backendNodeId: node.backendNodeId });
    for (const child of [...(node.shadowRoots ?? []), ...(node.children ?? []), ...(node.contentDocument ? [node.contentDocument] : [])])
      if (child.shadowRootType !== 'user-agent') left.push({ node: child, inFrame: frameId });
  }
  return found;
}
