import { pause } from '../race.ts';
import { StepFailure } from '../step-failure.ts';
import type { Target } from '../selectors/find.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepHandler } from '../step-context.ts';

type Wanted = { value: string } | { label: string };

/** Chooses an option by its value attribute; by its text when there is no `value`. An option that comes late is waited for. */
export const select: StepHandler<'select'> = async (action, context) => {
  const template = action.value ?? action.optionText;
  if (template === undefined) throw new StepFailure('action_failed', 'A select step needs a value or an optionText.');
  const filled = await context.fill(template);
  const wanted: Wanted = action.value === undefined ? { label: filled } : { value: filled };
  await withElement(context, action.selector, {
    use: 'write',
    ready: async (element, options) => {
      await element.waitForElementState('visible', options);
      await element.waitForElementState('enabled', options);
    },
    content: (element, options) => optionToCome(element, wanted, options),
    act: async (element, options) => void (await element.selectOption(wanted, options)),
  });
  return {};
};

type Option = { value: string; label: string };

/** Runs in the page. Null: not one list. */
const readOptions = (found: Node | Node[]): Option[] | null => {
  const [node, ...others] = Array.isArray(found) ? found : [found];
  return node instanceof HTMLSelectElement && others.length === 0 ? [...node.options].map(({ value, label }) => ({ value, label })) : null;
};

const optionsOf = (element: Target): Promise<Option[] | null> =>
  'waitForElementState' in element ? element.evaluate(readOptions) : element.evaluateAll(readOptions);

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** @throws StepFailure `action_failed` that names the options there are */
async function optionToCome(element: Target, wanted: Wanted, { timeout, signal }: ActOptions): Promise<void> {
  const ends = Date.now() + timeout - 200;
  for (;;) {
    const options = await optionsOf(element);
    if (!options)
      throw new StepFailure(
        'action_failed',
        'The element is not a <select>. A list that a page has built itself is opened and chosen from by click steps.',
      );
    const matches = options.some((option) =>
      'value' in wanted ? option.value === wanted.value : tidy(option.label) === tidy(wanted.label),
    );
    if (matches) return;
    if (Date.now() > ends) throw noOption(wanted, options);
    await pause(100, signal);
  }
}

function noOption(wanted: Wanted, options: Option[]): StepFailure {
  const byValue = 'value' in wanted;
  const there = options
    .slice(0, 20)
    .map((option) => (byValue ? `${option.value} (${option.label})` : option.label))
    .join(', ');
  return new StepFailure(
    'action_failed',
    `There is no option ${byValue ? `with the value "${wanted.value}"` : `"${wanted.label}"`}. It has: ${there || 'none'}.`,
  );
}
