/** What a step does, and to which element. Fields of the format that users already have; those that are ours are marked. */
import { z } from 'zod';

/** A string in which `{{name}}` and `{{ expression }}` are replaced before use. */
export const Template = z.string();
export const Ms = z.number().int().min(0).max(3_600_000);
export const Name = z.string().regex(/^[A-Za-z_$][\w$]*$/, 'must be a name: letters, digits and _, not starting with a digit');
/** Collections are called by any short name. */
export const CollectionName = z.string().regex(/^[\p{L}_$][\p{L}\p{N}_$.-]{0,99}$/u, 'must be a name: letters, digits, _, - and .');

/** A CSS selector of the frame's element, or the frame's place among its siblings, from 0. */
const FrameRef = z.union([z.string().min(1), z.number().int().min(0).max(1_000)]);

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
  /** ours: the frames that lead to the element, from the outermost on */
  frame: z.union([FrameRef, z.array(FrameRef).min(1).max(10)]).optional(),
});
export type Selector = z.infer<typeof Selector>;

export const ElementState = z.enum(['visible', 'hidden', 'attached', 'detached']);

/**
 * Something that holds or does not; exactly one of selector (with state, default visible), url (a part of the address, or a glob), text (shown on the page), condition (an
 * expression over the job's values) and script (JavaScript in the page).
 */
const check = {
  selector: Selector.optional(),
  state: ElementState.optional(),
  url: Template.optional(),
  text: Template.optional(),
  condition: z.string().optional(),
  script: z.string().optional(),
};
export const Check = z.strictObject(check);
export type Check = z.infer<typeof Check>;

const Modifier = z.enum(['Alt', 'Control', 'ControlOrMeta', 'Meta', 'Shift']);

export const Action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('navigate'), url: Template }),
  /** ours: button (default left), count (2 is a double click), modifiers */
  z.strictObject({
    type: z.literal('click'),
    selector: Selector,
    button: z.enum(['left', 'right', 'middle']).optional(),
    count: z.number().int().min(1).max(3).optional(),
    modifiers: z.array(Modifier).optional(),
  }),
  z.strictObject({ type: z.literal('input'), selector: Selector, value: Template }),
  z.strictObject({ type: z.literal('select'), selector: Selector, value: Template.optional(), optionText: Template.optional() }),
  z.strictObject({ type: z.literal('hover'), selector: Selector }),
  /** exactly one of duration (ms) and the ways of a check but `condition` (ours; the format names the action without fields) */
  z.strictObject({
    type: z.literal('wait'),
    duration: Ms.optional(),
    selector: Selector.optional(),
    state: ElementState.optional(),
    url: Template.optional(),
    text: Template.optional(),
    script: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('key'), key: Template, selector: Selector.optional() }),
  z.strictObject({
    type: z.literal('scroll'),
    to: z.enum(['top', 'bottom']).optional(),
    by: z.number().optional(),
    selector: Selector.optional(),
  }),
  z.strictObject({ type: z.literal('extract'), script: z.string() }),
  /**
   * The file that a click on `selector` or opening `url` (ours) gives; without either the one that the page has begun already, or begins. `downloadPath`: the name that
   * the file is kept under, default the page's own.
   */
  z.strictObject({
    type: z.literal('download'),
    selector: Selector.optional(),
    url: Template.optional(),
    downloadPath: Template.optional(),
  }),
  /** `format` defaults to what `path` ends with, else csv; `path` to the collection's name */
  z.strictObject({
    type: z.literal('export'),
    exportCollection: CollectionName,
    format: z.enum(['csv', 'json']).optional(),
    path: Template.optional(),
  }),
  /** does nothing itself: carries captures and memoryOperations */
  z.strictObject({ type: z.literal('memory') }),
  /**
   * ours. `file`: the name of a file that this job has downloaded or exported, else of one in the operator's folder of files; or `content`, which becomes a file called `name`.
   * The element is a file field, or what opens the file chooser.
   */
  z.strictObject({
    type: z.literal('upload'),
    selector: Selector,
    file: z.union([Template, z.array(Template).min(1).max(20)]).optional(),
    content: Template.optional(),
    name: Template.optional(),
  }),
  /** ours: fails as assertion_failed, with `message` when there is one, unless the check holds within the step's time */
  z.strictObject({ type: z.literal('assert'), ...check, message: Template.optional() }),
]);
export type Action = z.infer<typeof Action>;
export type ActionType = Action['type'];
