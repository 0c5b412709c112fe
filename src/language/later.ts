/** What belongs to a later version or to AI: each gets its own message, so that nothing is silently ignored. */
import { explainApproval } from './approval-rules.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, has, type RawMap } from './raw.ts';
import { allSteps } from './walk.ts';

const screenshot = '`screenshot` on a step is not supported yet by this version; remove it: every job takes pictures of its steps';
const noAi =
  'no AI is used here, so the strategy `ai` cannot work; use `snapshot` with a `pattern`, or `evaluate` with JavaScript in `expression`';

function explainStep(step: RawMap, path: Path, mistakes: Mistakes): void {
  if (has(step, 'screenshot')) {
    mistakes.add([...path, 'screenshot'], screenshot, 'key');
    mistakes.settle([...path, 'screenshot']);
  }
  explainApproval(step, path, mistakes);
  asList(step['captures']).forEach((capture, index) => {
    if (asMap(capture)['strategy'] !== 'ai') return;
    mistakes.add([...path, 'captures', index, 'strategy'], noAi);
    mistakes.settle([...path, 'captures', index]);
  });
}

/** What it finds is settled: nothing more is said about it. */
export function explainLater(root: RawMap, mistakes: Mistakes): void {
  for (const { step, path } of allSteps(root)) explainStep(step, path, mistakes);
}
