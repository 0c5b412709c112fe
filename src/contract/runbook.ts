/**
 * The runbook language: what a step may say. Formats and defaults follow the runbooks that users already have; the optional
 * fields that are ours are marked. Parsing YAML into these shapes is `parse-runbook.ts`; here is only what a valid one looks like.
 */
import { z } from 'zod';

/** A string in which `{{name}}` and `{{ expression }}` are replaced before use. */
const Template = z.string();
const Ms = z.number().int().min(0).max(3_600_000);
const Name = z.string().regex(/^[A-Za-z_$][\w$]*$/, 'must be a name: letters, digits and _, not starting with a digit');

/** Fields are tried in this order; tagName, role and inputType filter the candidates of every field. */
export const Selector = z.strictObject({
  id: Template.optional(),
  ariaLabel: Template.optional(),
  dataTestId: Template.optional(),
  dataAttributes: z.record(z.string(), Template).optional(),
  cssSelector: Template.optional(),
  xPath: Template.optional(),
  labelText: Template.optional(),
  innerText: z.string().max(200).optional(),
  placeholder: Template.optional(),
  name: Template.optional(),
  rect: z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).optional(),
  tagName: z.string().optional(),
  role: z.string().optional(),
  inputType: z.string().optional(),
});
export type Selector = z.infer<typeof Selector>;

const WaitState = z.enum(['visible', 'hidden', 'attached', 'detached']);

/** `wait` takes exactly one of duration (ms), selector, url, text (ours; the format names the action without fields). */
export const Action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('navigate'), url: Template }),
  z.strictObject({ type: z.literal('click'), selector: Selector }),
  z.strictObject({ type: z.literal('input'), selector: Selector, value: Template }),
  z.strictObject({ type: z.literal('select'), selector: Selector, value: Template.optional(), optionText: Template.optional() }),
  z.strictObject({ type: z.literal('hover'), selector: Selector }),
  z.strictObject({
    type: z.literal('wait'),
    duration: Ms.optional(),
    selector: Selector.optional(),
    state: WaitState.optional(),
    url: Template.optional(),
    text: Template.optional(),
  }),
  z.strictObject({ type: z.literal('key'), key: Template, selector: Selector.optional() }),
  z.strictObject({
    type: z.literal('scroll'),
    to: z.enum(['top', 'bottom']).optional(),
    by: z.number().optional(),
    selector: Selector.optional(),
  }),
  z.strictObject({ type: z.literal('extract'), script: z.string() }),
]);
export type Action = z.infer<typeof Action>;
export type ActionType = Action['type'];

/** `pattern` is a regular expression; `group` 0 is the whole match (default: 1 when the pattern has a group, else 0). */
export const Capture = z.strictObject({
  name: Name,
  strategy: z.enum(['snapshot', 'url', 'expression', 'evaluate']),
  description: z.string().optional(),
  required: z.boolean().default(false),
  pattern: z.string().optional(),
  group: z.number().int().min(0).optional(),
  expression: z.string().optional(),
});
export type Capture = z.infer<typeof Capture>;

/** What repeating a step would mean: nothing (`read`), the same again (`idempotent`), a second time (`once`). */
export const Effect = z.enum(['read', 'idempotent', 'once']);
export type Effect = z.infer<typeof Effect>;

export const RiskLevel = z.enum(['low', 'medium', 'high', 'critical']);
export type RiskLevel = z.infer<typeof RiskLevel>;
export const OnTimeout = z.enum(['reject', 'cancel']);
export type OnTimeout = z.infer<typeof OnTimeout>;

/** ms, or a whole number with s, m, h or d, as in `30m`; a second to 30 days. */
export const longestWait = 30 * 86_400_000;
export const Duration = z.union([z.number().int().min(1_000).max(longestWait), z.string().regex(/^[1-9]\d{0,6}(ms|s|m|h|d)$/)], {
  error: 'must be milliseconds from 1000, or a number with a unit as in 30s, 15m, 2h or 3d; at most 30 days',
});

/** A person is asked before the step runs (ours, but for the message). */
export const StepApproval = z.strictObject({
  /** what the person should know; values are filled in, sensitive ones masked */
  message: z.string().max(500).optional(),
  /** how long an answer is waited for; default: for ever */
  timeout: Duration.optional(),
  /** what happens then; default `reject` */
  onTimeout: OnTimeout.optional(),
  /** parameters of the page's address that may differ when the step runs */
  changingParameters: z.array(z.string().min(1).max(100)).max(50).optional(),
});
export type StepApproval = z.infer<typeof StepApproval>;

export const Step = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be 1 to 64 letters, digits, -, _ or .'),
  ordinal: z.number().int().min(0),
  description: z.string().max(500),
  url: z.string().optional(),
  riskLevel: RiskLevel.optional(),
  /** a person approves the step before it runs */
  requiresConfirmation: z.boolean().optional(),
  approval: StepApproval.optional(),
  action: Action,
  captures: z.array(Capture).default([]),
  /** ms; default: settings.defaultTimeout */
  timeout: Ms.optional(),
  /** how often a selector is looked for again, 0 to 10; default 3 */
  retries: z.number().int().min(0).max(10).optional(),
  continueOnError: z.boolean().optional(),
  effect: Effect.optional(),
});
export type Step = z.infer<typeof Step>;

export const Settings = z.strictObject({
  baseUrl: Template.optional(),
  defaultTimeout: Ms.default(10_000),
  pauseBetweenSteps: z.number().int().min(0).max(60_000).default(500),
  stopOnError: z.boolean().default(true),
});
export type Settings = z.infer<typeof Settings>;

/** `env` reads only names that the operator allows (UNDERSTUDY_ENV_ALLOW). `required` defaults to true, `sensitive` to false. */
export const Variable = z.strictObject({
  source: z.enum(['prompt', 'fixed', 'env', 'expression']),
  description: z.string().optional(),
  required: z.boolean().default(true),
  sensitive: z.boolean().default(false),
  value: z.string().optional(),
  expression: z.string().optional(),
  envKey: z.string().optional(),
});
export type Variable = z.infer<typeof Variable>;

export const Metadata = z.strictObject({
  startUrl: Template.optional(),
  goal: z.string().optional(),
  goalAchieved: z.boolean().optional(),
  totalSteps: z.number().int().optional(),
  generatedAt: z.string().optional(),
  skills: z.array(z.string()).optional(),
});

export const Runbook = z.strictObject({
  title: z.string().min(1).max(200),
  naturalLanguageSummary: z.string().optional(),
  settings: Settings,
  metadata: Metadata.optional(),
  steps: z.array(Step).min(1).max(1_000),
  notes: z.string().optional(),
  context: z.string().optional(),
  variables: z.record(Name, Variable).default({}),
});
export type Runbook = z.infer<typeof Runbook>;

/** A mistake in a runbook. `line` and `column` count from 1; `path` is dotted, as in `steps[2].action.url`. */
export const RunbookMistake = z.object({
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  message: z.string(),
});
export type RunbookMistake = z.infer<typeof RunbookMistake>;
