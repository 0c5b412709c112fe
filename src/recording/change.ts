/** `change` of a recording: something was entered. What kind of field it was has to be told from its selectors. */
import { StepType, type ChangeStep } from '@puppeteer/replay';
import type { Draft } from './draft.ts';
import { isSecret } from './inputs.ts';
import type { RecordedStep } from './read-recording.ts';
import type { Found } from './selectors.ts';
import { labelOf } from './words.ts';

type Change = ChangeStep & RecordedStep;

const fakePath = /^[a-z]:\\fakepath\\/i;
const ticks: ReadonlySet<string> = new Set(['checkbox', 'radio', 'switch']);

/** The tag of the element itself, when one of its selectors says it. */
function tagsOf(step: Change): string[] {
  return step.selectors.flatMap((chain) => {
    const last = (typeof chain === 'string' ? chain : chain.at(-1)) ?? '';
    const tag = last.startsWith('xpath/')
      ? /\/([a-z]+)(?:\[[^/]*\])?$/i.exec(last)?.[1]
      : /(?:^|[\s>])([a-z]+)(?:[.#:[][^\s>]*)?$/i.exec(last)?.[1];
    return tag === undefined || /^(aria|text)\//.test(last) ? [] : [tag.toLowerCase()];
  });
}

type Kind = 'select' | 'perhaps select' | 'field';

function kindOf(step: Change, { aria }: Found): Kind {
  const tags = tagsOf(step);
  if (tags.includes('select')) return 'select';
  if (tags.includes('input') || tags.includes('textarea')) return 'field';
  return /^(combobox|listbox|popupbutton)$/i.test(aria?.role ?? '') ? 'perhaps select' : 'field';
}

const isTick = (value: string, { aria }: Found): boolean => value === 'on' || ticks.has(aria?.role?.toLowerCase() ?? '');

/** A secret typed anywhere is a secret in all of the recording. */
export function knowSecrets(steps: readonly RecordedStep[], draft: Draft, toFound: (step: Change) => Found | undefined): void {
  for (const step of steps) {
    if (step.type !== StepType.Change) continue;
    const found = toFound(step);
    if (found && step.value !== '' && isSecret(step.selectors, found)) draft.inputs.knowSecret(step.value);
  }
}

export function change(step: Change, draft: Draft): void {
  const found = draft.find(step, true);
  if (!found) return;
  const label = labelOf(found);
  const { selector } = found;
  const { value } = step;
  if (isTick(value, found)) return draft.add(step, `Tick ${label}`, { type: 'input', selector, value: 'on' });
  const file = fakePath.test(value);
  const template = `{{${draft.inputs.add(found, file ? value.replace(fakePath, '') : value, label)}}}`;
  if (file) {
    draft.warn(
      step,
      'a recording knows only the name of a file; put the file where the operator of the server keeps the files for uploads',
    );
    return draft.add(step, `Upload a file to ${label}`, { type: 'upload', selector, file: template });
  }
  const kind = kindOf(step, found);
  if (kind === 'field') {
    draft.add(step, `Fill in ${label}`, { type: 'input', selector, value: template });
    draft.filled = selector;
    return;
  }
  if (kind === 'perhaps select')
    draft.warn(step, `${label} is taken for a list to choose from; if text is typed there, make its action \`input\``);
  draft.add(step, `Choose in ${label}`, { type: 'select', selector, value: template });
}
