/** What cannot work here, and questions that would not be asked: each gets its own message, so that nothing is silently ignored. */
import { explainApproval } from './approval-rules.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asMap, type RawMap } from './raw.ts';
import { allSteps } from './walk.ts';

const noAi =
  'no AI is used here, so the strategy `ai` cannot work; use `snapshot` with a `pattern`, or `evaluate` with JavaScript in `expression`';

function explainStep(step: RawMap, path: Path, mistakes: Mistakes): void {
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
