import type { Action, ActionType } from '../../contract/action.ts';
import type { StepContext, StepHandler, StepOutcome } from '../step-context.ts';
import { assert } from './assert.ts';
import { click } from './click.ts';
import { download } from './download.ts';
import { exportCollection } from './export.ts';
import { extract } from './extract.ts';
import { hover } from './hover.ts';
import { input } from './input.ts';
import { key } from './key.ts';
import { memory } from './memory.ts';
import { navigate } from './navigate.ts';
import { scroll } from './scroll.ts';
import { select } from './select.ts';
import { upload } from './upload.ts';
import { wait } from './wait.ts';

/** An action of the language without a handler does not compile. */
const handlers: { [K in ActionType]: StepHandler<K> } = {
  ...{ navigate, click, input, select, wait, hover, key, scroll, extract, download, upload, assert },
  memory,
  export: exportCollection,
};

const handle = <K extends ActionType>(type: K, action: Extract<Action, { type: K }>, context: StepContext): Promise<StepOutcome> =>
  handlers[type](action, context);

export const carryOut = (action: Action, context: StepContext): Promise<StepOutcome> => handle(action.type, action, context);
