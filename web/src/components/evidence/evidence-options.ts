/** What is to be kept and shown of a job: as a form holds it, as it is sent, and in words. Pure. */
import type { JobOptions, ScreenshotPolicy } from '../../../../src/contract/evidence.ts';

/** Every option with its value, defaults included. */
export type Chosen = Required<JobOptions>;

const defaults: Chosen = { screenshots: 'change', video: false, trace: false, live: true };

export const policyWords: Readonly<Record<ScreenshotPolicy, string>> = {
  always: 'after every step',
  change: 'when the page changes',
  failure: 'only of failures and the last page',
  never: 'only of failed steps',
};

export const policies = Object.keys(policyWords) as ScreenshotPolicy[];

export const chosenOf = (options: JobOptions = {}): Chosen => ({ ...defaults, ...options });

/** Only what differs from the defaults; empty when nothing does. `video` false: none can be recorded here, whatever was chosen. */
export function optionsOf(chosen: Chosen, can: { video: boolean } = { video: true }): JobOptions {
  const wanted = { ...chosen, video: chosen.video && can.video };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== defaults[name as keyof Chosen]));
}

/** "Video, trace, pictures after every step, no live view"; empty for the defaults alone. */
export function optionsInWords(options: JobOptions): string {
  const { screenshots, video, trace, live } = chosenOf(options);
  const parts = [
    video && 'video',
    trace && 'trace',
    screenshots !== defaults.screenshots && `pictures ${policyWords[screenshots]}`,
    !live && 'no live view',
  ];
  const text = parts.filter(Boolean).join(', ');
  return text ? `${text[0]?.toUpperCase()}${text.slice(1)}` : '';
}
