import { StepFailure } from '../step-failure.ts';
import type { Target } from '../selectors/find.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepContext, StepHandler } from '../step-context.ts';
import { chooseFromList } from './custom-list.ts';
import { awaitOption, optionFor, readOptions, type Listed, type Option, type Wanted } from './options.ts';

/**
 * Chooses an option by its value attribute; by its text when there is no `value`. An option that comes late is waited for. What is no <select> is opened by a click,
 * and the option is clicked wherever in the page its list is.
 */
export const select: StepHandler<'select'> = async (action, context) => {
  const template = action.value ?? action.optionText;
  if (template === undefined) throw new StepFailure('action_failed', 'A select step needs a value or an optionText.');
  const filled = await context.fill(template);
  const wanted: Wanted = action.value === undefined ? { by: 'text', text: filled } : { by: 'value', text: filled };
  let isCustom = false;
  await withElement(context, action.selector, {
    use: 'write',
    ready: async (element, options) => {
      await element.waitForElementState('visible', options);
      await element.waitForElementState('enabled', options);
    },
    content: async (element, options) => {
      isCustom = (await optionsOf(element)) === null;
      if (!isCustom) await awaitOption(() => listsOf(element), wanted, options);
    },
    act: (element, options) =>
      isCustom ? chooseFromList(context.page, element, { wanted, options: longer(options, context) }) : choose(element, wanted, options),
  });
  return {};
};

/** To open a list and to wait for its options takes longer than one act. */
const longer = (options: ActOptions, { limit }: StepContext): ActOptions => ({ ...options, timeout: limit.remaining() });

async function choose(element: Target, wanted: Wanted, options: ActOptions): Promise<void> {
  const option = optionFor((await optionsOf(element)) ?? [], wanted);
  await element.selectOption(
    option ? { index: option.nth } : wanted.by === 'value' ? { value: wanted.text } : { label: wanted.text },
    options,
  );
}

/** null: no <select> */
const optionsOf = (element: Target): Promise<Option[] | null> =>
  'waitForElementState' in element ? element.evaluate(readOptions) : element.evaluateAll(readOptions);

const listsOf = async (element: Target): Promise<Listed<null>[]> => [{ list: null, options: (await optionsOf(element)) ?? [] }];
