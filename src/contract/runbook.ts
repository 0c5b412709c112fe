/**
 * The runbook language: what a step may say. Formats and defaults follow the runbooks that users already have; the optional
 * fields that are ours are marked. Parsing YAML into these shapes is `parse-runbook.ts`; here is only what a valid one looks like.
 */
import { z } from 'zod';
import { Action, Check, CollectionName, Ms, Name, Template } from './action.ts';
import { ScreenshotPolicy } from './evidence.ts';

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

/**
 * `append` adds the value of `source` (a captured name; a JSON list adds each of its items), or without it one row of the values that this step has captured.
 * `aggregate` puts a figure about the collection, or about one `field` of its rows, into `outputVariable` (default `<collection>_<operation>`).
 */
export const MemoryOperation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('append'), collection: CollectionName, source: Name.optional() }),
  z.strictObject({
    type: z.literal('aggregate'),
    collection: CollectionName,
    operation: z.enum(['sum', 'count', 'avg', 'min', 'max', 'concat', 'unique_count']),
    field: z.string().min(1).max(200).optional(),
    outputVariable: Name.optional(),
  }),
]);
export type MemoryOperation = z.infer<typeof MemoryOperation>;

/** Exactly one of `condition` (checked before every iteration) and `forEach` (a list in a variable, or `collection:<name>`). Variables count from 0. */
export const Loop = z.strictObject({
  condition: z.string().optional(),
  forEach: z.string().optional(),
  /** default `item` */
  itemVariable: Name.optional(),
  indexVariable: Name.optional(),
  counterVariable: Name.optional(),
  /** default 100; reached, the loop ends with a warning */
  maxIterations: z.number().int().min(1).max(100_000).optional(),
});
export type Loop = z.infer<typeof Loop>;

/** What becomes of a dialog that the page opens during the step (ours); without this it is dismissed. `text` answers a prompt. */
export const DialogAnswer = z.union([z.enum(['accept', 'dismiss']), z.strictObject({ accept: z.boolean(), text: Template.optional() })]);
export type DialogAnswer = z.infer<typeof DialogAnswer>;

const plainStep = z.strictObject({
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
  /** the step is skipped unless this expression, or template, gives something true */
  when: z.string().optional(),
  /** for a step that happens once and whose outcome is unknown: when this holds, it has happened; when not, it is tried again */
  probe: Check.optional(),
  dialog: DialogAnswer.optional(),
  memoryOperations: z.array(MemoryOperation).max(50).optional(),
  /** when a picture is kept; on a loop or branches: of the steps inside that do not say otherwise; default: what the job says */
  screenshot: ScreenshotPolicy.optional(),
  /** repeats `steps`; the step's own action comes at the end of every iteration */
  loop: Loop.optional(),
});
/** Parsing gives a step with a loop or branches that has no action of its own the action `memory`. */
export type Step = z.infer<typeof plainStep> & { steps?: Step[]; branches?: Branches };
/**
 * The step's own action comes before its branches. `variable` is a name or a template; the first case with that value is taken, else `default`, else the step is skipped.
 */
export type Branches = { variable: string; cases: { match: string; steps: Step[] }[]; default?: Step[] };

const Steps: z.ZodType<Step[]> = z.lazy(() => z.array(Step).min(1).max(1_000));
export const BranchCase = z.strictObject({ match: z.string(), steps: Steps });
export const Branches = z.strictObject({
  variable: z.string().min(1),
  cases: z.array(BranchCase).min(1).max(100),
  default: Steps.optional(),
});
export const Step = plainStep.extend({ steps: Steps.optional(), branches: Branches.optional() });

export const Settings = z.strictObject({
  baseUrl: Template.optional(),
  defaultTimeout: Ms.default(10_000),
  pauseBetweenSteps: z.number().int().min(0).max(60_000).default(500),
  stopOnError: z.boolean().default(true),
  /** ours: size of the page in pixels; default 1280 x 800 */
  viewport: z.strictObject({ width: z.number().int().min(200).max(4_000), height: z.number().int().min(200).max(4_000) }).optional(),
});
export type Settings = z.infer<typeof Settings>;

/** `data` reads a column of the row that the job is started with; `context` is given like `prompt`, since no AI reads it. `env` reads only names that the operator allows (UNDERSTUDY_ENV_ALLOW). `required` defaults to true, `sensitive` to false. */
export const Variable = z.strictObject({
  source: z.enum(['prompt', 'fixed', 'env', 'expression', 'data', 'context']),
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

/** `mapping`: variable name → column of the data row; a variable that is not in it reads the column of its own name. */
export const DataSource = z.strictObject({ mapping: z.record(Name, z.string().min(1)) });

export const Runbook = z.strictObject({
  title: z.string().min(1).max(200),
  naturalLanguageSummary: z.string().optional(),
  settings: Settings,
  metadata: Metadata.optional(),
  steps: Steps,
  notes: z.string().optional(),
  context: z.string().optional(),
  variables: z.record(Name, Variable).default({}),
  dataSource: DataSource.optional(),
});
export type Runbook = z.infer<typeof Runbook>;

/** A mistake in a runbook, or something worth knowing about it. `line` and `column` count from 1; `path` is dotted, as in `steps[2].action.url`. */
export const RunbookMistake = z.object({
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  message: z.string(),
});
export type RunbookMistake = z.infer<typeof RunbookMistake>;
