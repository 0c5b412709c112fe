/** The runbook as it comes into being, step by step of the recording. */
import type { Action, Selector } from '../contract/action.ts';
import type { RunbookMistake, Settings } from '../contract/runbook.ts';
import type { Locate, RecordedStep } from './read-recording.ts';
import { toSelector, type Found } from './selectors.ts';
import { Inputs } from './inputs.ts';

export type DraftStep = { description: string; action: Action; timeout?: number; comment?: string };
type Selecting = Extract<RecordedStep, { selectors: unknown }>;

export class Draft {
  readonly steps: DraftStep[] = [];
  readonly notes: string[] = [];
  readonly warnings: RunbookMistake[] = [];
  readonly errors: RunbookMistake[] = [];
  readonly inputs = new Inputs();
  viewport: Settings['viewport'];
  /** how far down the page is, as far as the recording knows */
  scrolled = 0;
  /** modifier keys that are held down; `used`: something was done meanwhile */
  readonly held = new Map<string, { used: boolean }>();
  /** the field that the step before has filled in */
  filled: Selector | undefined;
  /** targets of the recording that are open, the newest last */
  readonly tabs: string[] = ['main'];
  readonly #locate: Locate;
  #comment: string | undefined;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  add(step: RecordedStep, description: string, action: Action): void {
    const { timeout } = step;
    this.steps.push({
      description,
      action,
      ...(timeout !== undefined && { timeout }),
      ...(this.#comment !== undefined && { comment: this.#comment }),
    });
    this.#comment = undefined;
  }

  /** Stands above the next step. */
  comment(text: string): void {
    this.#comment = text;
  }

  warn({ at }: RecordedStep, message: string): void {
    this.warnings.push(this.#locate(['steps', at], message));
  }

  /** Said to the person who imports it, and kept in the runbook. */
  leaveOut(step: RecordedStep, message: string): void {
    this.warn(step, message);
    this.notes.push(`Step ${step.at + 1} of the recording: ${message}`);
  }

  refuse({ at }: RecordedStep, message: string): void {
    this.errors.push(this.#locate(['steps', at, 'selectors'], message));
  }

  /** Undefined, and an error, when nothing in the recording names the element. */
  find(step: Selecting & { selectors: Parameters<typeof toSelector>[0]['selectors'] }, isField = false): Found | undefined {
    const found = toSelector(step, isField);
    if (!found)
      this.refuse(step, 'none of these selectors can be used here; record the step again with CSS or XPath selectors switched on');
    return found;
  }

  useHeld(): string[] {
    for (const key of this.held.values()) key.used = true;
    return [...this.held.keys()];
  }
}
