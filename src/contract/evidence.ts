/** What is kept and shown of a job's browser while it works. */
import { z } from 'zod';

/**
 * Of which steps a picture is kept. `change`: of those after which the page looks different from the last picture. `failure`: only of failed steps, and of the page as
 * the job left it. `never`: on a step no picture whatever happens; on a job only those of failed steps. Failed steps have a picture under every other policy.
 */
export const ScreenshotPolicy = z.enum(['always', 'change', 'failure', 'never']);
export type ScreenshotPolicy = z.infer<typeof ScreenshotPolicy>;

/** `video`: default false, plan Business and up. `trace`: default false. `screenshots`: default `change`; a step may say otherwise. `live`: whether it may be watched; default true. */
export const JobOptions = z.strictObject({
  video: z.boolean().optional(),
  trace: z.boolean().optional(),
  screenshots: ScreenshotPolicy.optional(),
  live: z.boolean().optional(),
});
export type JobOptions = z.infer<typeof JobOptions>;

/** A place in a picture, in fractions of its width and height. */
export const Mark = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type Mark = z.infer<typeof Mark>;

/** What a step does right now. `looking`: for its element, or it waits; `acting`: it has begun to act. `retries`: how often it has looked again. `at`: ms since the epoch. */
export const Doing = z.object({
  stepId: z.string(),
  phase: z.enum(['looking', 'acting']),
  attempt: z.number().int(),
  retries: z.number().int(),
  at: z.number(),
  /** where the element that is acted on stands in the picture; absent when that is not known */
  mark: Mark.optional(),
});
export type Doing = z.infer<typeof Doing>;

/**
 * Why a live picture moves or stands still. `moving`: frames come. `quiet`: the page does not change. `none`: the job has no browser (it waits for one, is parked or over).
 * `unreachable`: its browser host does not answer. `off`: the job was started with `live: false`.
 */
export const LiveState = z.enum(['moving', 'quiet', 'none', 'unreachable', 'off']);
export type LiveState = z.infer<typeof LiveState>;

/** A JPEG of the page, with everything covered that nobody may see. Times in ms since the epoch: `at` painted, `sentAt` given to the stream, both by the server's clocks. */
export const LiveFrame = z.object({
  at: z.number(),
  sentAt: z.number(),
  /** masked, then cut at 2,000 characters */
  url: z.string(),
  /** of the page, in CSS pixels */
  width: z.number().int(),
  height: z.number().int(),
  /** base64 */
  jpeg: z.string(),
  doing: Doing.nullable(),
});
export type LiveFrame = z.infer<typeof LiveFrame>;

/** What went wrong in the page while a step ran, masked and cut at 500 characters. */
export const Trouble = z.object({ at: z.string(), kind: z.enum(['console', 'request']), text: z.string() });
export type Trouble = z.infer<typeof Trouble>;

/** A stretch of a video without a cut: it begins at `ms` of the video, and showed what was at `at`. */
export const VideoSegment = z.object({ at: z.string(), ms: z.number() });
export type VideoSegment = z.infer<typeof VideoSegment>;
