/** What editors show about a field. */
import type { z } from 'zod';
import { Check, Selector } from '../contract/action.ts';
import {
  BranchCase,
  Branches,
  Capture,
  DataSource,
  Loop,
  Metadata,
  Runbook,
  Settings,
  Step,
  StepApproval,
  Variable,
} from '../contract/runbook.ts';

type Help = Record<string, string>;

const step: Help = {
  id: 'Name of the step, unique in the whole runbook; default step-1, step-2, …',
  ordinal: 'Position in its list, from 0; filled in when missing',
  description: 'What the step does, in words; filled in when missing',
  url: 'The page that the step was recorded on; not used',
  riskLevel: 'Shown when a person is asked',
  requiresConfirmation: 'true: a person approves the step before it runs',
  approval: 'Asks a person before the step runs, with a message and a time limit',
  action: 'What the step does',
  captures: 'Values that are stored after the action',
  timeout: 'Milliseconds; default: settings.defaultTimeout',
  retries: 'How often an element is looked for again, 0 to 10; default 3',
  continueOnError: 'true: the job goes on when this step fails',
  effect: 'What repeating the step would mean: read (nothing), idempotent (the same again), once (a second time)',
  when: 'The step is skipped unless this holds, as in "{{ count > 3 }}"',
  probe: 'For effect once: when this holds, the step has happened',
  dialog: 'What becomes of a dialog that the page opens: accept, dismiss (default), or {accept: true, text: "…"}',
  memoryOperations: 'Adds to collections, and computes figures from them',
  screenshot:
    'When a picture is kept: always, change (the page looks different), failure, never; also for all steps inside; default: what the job says',
  loop: 'Repeats `steps`; the own action of the step comes at the end of every iteration',
  steps: 'The steps that `loop` repeats',
  branches: 'Carries out the steps of the case that matches',
};

/** Shapes with the help for their fields. */
export const helpOf: ReadonlyMap<z.ZodType, Help> = new Map<z.ZodType, Help>([
  [Step, step],
  [
    Runbook,
    {
      title: 'Name of the runbook',
      settings: 'Defaults for all steps',
      metadata: 'Where the job starts, and what it is for',
      steps: 'What is done, in order; at most 1,000, those inside others counted',
      variables: 'Values that steps read as {{name}}',
      dataSource: 'Which columns of the data row variables read',
      notes: 'Free text',
      context: 'Free text about the site; no AI reads it',
      naturalLanguageSummary: 'What the runbook does, in words',
    },
  ],
  [
    Settings,
    {
      baseUrl: 'What relative addresses begin with',
      defaultTimeout: 'Milliseconds that a step may take; default 10000',
      pauseBetweenSteps: 'Milliseconds between two steps; default 500',
      stopOnError: 'Whether the first failed step ends the job; default true',
      viewport: 'Size of the page in pixels; default 1280 x 800',
    },
  ],
  [Metadata, { startUrl: 'Opened before the first step', goal: 'What is reached when the job has succeeded' }],
  [
    Variable,
    {
      source: 'prompt (given at the start), fixed, env, expression, data (a column of the row), context (given at the start)',
      required: 'false: empty text when there is no value; default true',
      sensitive: 'true: masked everywhere; default false',
      value: 'Of the source fixed',
      expression: 'Of the source expression: a template, or JavaScript',
      envKey: 'Of the source env: the name of an environment variable that the operator allows',
    },
  ],
  [DataSource, { mapping: 'Variable → column; others read the column of their own name' }],
  [
    StepApproval,
    {
      message: 'What the person should know; {{name}} is filled in, sensitive values are masked',
      timeout: 'How long an answer is waited for, as in 30m; default: for ever',
      onTimeout: 'reject (default): the step fails; cancel: the job is cancelled',
      changingParameters: "Parameters of the page's address that may differ when the step runs",
    },
  ],
  [
    Capture,
    {
      name: 'The variable that gets the value',
      strategy: 'snapshot (text of the page), url (its address), expression (a template), evaluate (JavaScript in the page)',
      required: 'true: the step fails when the value is empty; default false',
      pattern: 'Regular expression; its match is the value',
      group: 'Group of the pattern; 0 is the whole match; default 1 when there is a group',
      expression: 'Of the strategies expression and evaluate',
    },
  ],
  [
    Loop,
    {
      condition: 'Checked before every iteration; the loop goes on while it holds',
      forEach: 'A variable with a JSON list, as in "{{invoices}}", or collection:<name>',
      itemVariable: 'Name of the current item; default item',
      indexVariable: 'Name of the index of the current item, from 0',
      counterVariable: 'With condition: name of the count of iterations, from 0',
      maxIterations: 'The loop ends with a warning after so many; default 100',
    },
  ],
  [
    Branches,
    {
      variable: 'A name or a template whose value is compared',
      cases: 'The first one that matches is taken',
      default: 'Steps when no case matches',
    },
  ],
  [BranchCase, { match: 'Compared with the value as text', steps: 'What is done then' }],
  [
    Check,
    {
      selector: 'Holds when the element is there, as `state` says',
      url: 'Holds when the address has this part, or matches this glob',
      text: 'Holds when the page shows this text',
      condition: 'An expression over the values of the job',
      script: 'JavaScript in the page',
    },
  ],
  [
    Selector,
    {
      id: '1st: the attribute id',
      ariaLabel: '2nd: aria-label',
      dataTestId: '3rd: data-testid',
      dataAttributes: '4th: other data attributes, without `data-`',
      cssSelector: '5th: CSS',
      xPath: '6th: XPath',
      labelText: '7th: text of the label',
      innerText: '8th: text of the element',
      placeholder: '9th: placeholder',
      name: '10th: the attribute name',
      rect: '11th: place in the window; fragile',
      tagName: 'Filters what the other fields find',
      role: 'Filters by ARIA role',
      inputType: 'Filters by the type of an input',
      frame: 'The frames that lead to the element, from the outermost on',
    },
  ],
]);
