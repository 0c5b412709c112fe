import type { ElementHandle, FileChooser, Page } from 'playwright';
import { dropFiles } from '../files/drop-files.ts';
import type { StagedFile } from '../files/staging.ts';
import { race } from '../race.ts';
import { oneElement } from '../selectors/one-element.ts';
import type { Target } from '../selectors/find.ts';
import { withElement } from '../selectors/with-element.ts';
import type { ActOptions, StepHandler } from '../step-context.ts';
import { StepFailure } from '../step-failure.ts';

/** How long a click may take to open the file chooser. */
const chooserMs = 2_000;

/**
 * Gives files to a file field (hidden ones too, and the one that a label or a drop zone has), to the file chooser that a click on the element opens, or to what
 * takes dropped files.
 */
export const upload: StepHandler<'upload'> = async (action, context) => {
  try {
    const files = await race(context.staging.files(action, context.fill, context.waiting), context.waiting);
    await withElement(context, action.selector, {
      use: 'press',
      ready: async (element, options) => {
        if (!(await fieldOf(element))) await element.click({ ...options, trial: true });
      },
      act: (element, options) => give(element, files, { page: context.page, options: { ...options, timeout: context.limit.remaining() } }),
    });
    return {};
  } finally {
    await context.staging.end();
  }
};

type Giving = { page: Page; options: ActOptions };

async function give(target: Target, files: readonly StagedFile[], { page, options }: Giving): Promise<void> {
  const element = await oneElement(target);
  const paths = files.map(({ path }) => path);
  const field = await fieldOf(element);
  if (field) return putInto(field, paths, options);
  const chooser = await chooserOf(element, page, options);
  if (chooser) {
    if (paths.length > 1 && !chooser.isMultiple()) throw oneOnly(paths.length);
    return chooser.setFiles(paths, { timeout: options.timeout });
  }
  if (await dropFiles(element, paths, options)) return;
  throw new StepFailure(
    'action_failed',
    'The element is no file field, opens no file chooser when it is clicked, and takes no dropped files.',
  );
}

async function putInto(field: ElementHandle, paths: string[], { timeout }: ActOptions): Promise<void> {
  if (paths.length > 1 && !(await field.evaluate((node) => (node as HTMLInputElement).multiple))) throw oneOnly(paths.length);
  await field.setInputFiles(paths, { timeout });
}

const oneOnly = (count: number): StepFailure =>
  new StepFailure('action_failed', `The file field takes one file only; the step gives it ${count}.`);

/** The element when it is a file field, else the one that its label names, else the only one inside it. */
async function fieldOf(element: ElementHandle): Promise<ElementHandle<HTMLInputElement> | undefined> {
  const handle = await element.evaluateHandle((node) => {
    const isField = (one: unknown): one is HTMLInputElement => one instanceof HTMLInputElement && one.type === 'file';
    if (isField(node)) return node;
    if (node instanceof HTMLLabelElement && isField(node.control)) return node.control;
    const inside = node instanceof Element ? [...node.querySelectorAll('input[type=file]')].filter(isField) : [];
    return inside.length === 1 ? inside[0] : null;
  });
  return handle.asElement() ?? undefined;
}

async function chooserOf(element: ElementHandle, page: Page, { signal }: ActOptions): Promise<FileChooser | undefined> {
  // a listener from before the click on: without one the browser opens no chooser that could be answered
  const opened = page.waitForEvent('filechooser', { timeout: chooserMs }).catch(() => undefined);
  await element.click({ timeout: chooserMs });
  return race(opened, signal);
}
