/** A file that a job has left. */
import { z } from 'zod';
import { Mark, VideoSegment } from './evidence.ts';
import { PageRef } from './job.ts';

/** `snapshot`: the document of a failed step, as HTML that nobody may run */
export const ArtifactKind = z.enum(['screenshot', 'download', 'export', 'video', 'trace', 'snapshot']);
export type ArtifactKind = z.infer<typeof ArtifactKind>;

/** What is known of it beside its bytes. `because`: why the picture was taken. */
export const ArtifactDetail = z.object({
  page: PageRef.optional(),
  because: z.enum(['step', 'failure', 'approval', 'wait', 'end']).optional(),
  /** of a picture: the element that the step acted on; with `alike` one that may have been meant by a step that found nothing */
  mark: Mark.optional(),
  /** what the marked element is called, quoted: “Place order” */
  alike: z.string().optional(),
  /** of a step inside loops: iterations from 0, outermost first */
  iterations: z.array(z.number().int()).optional(),
  /** a sentence about a file that is not what it is called */
  note: z.string().optional(),
  video: z.object({ durationMs: z.number(), segments: z.array(VideoSegment) }).optional(),
});
export type ArtifactDetail = z.infer<typeof ArtifactDetail>;

export const Artifact = z.object({
  id: z.string(),
  jobId: z.string(),
  stepId: z.string().nullable(),
  kind: ArtifactKind,
  name: z.string(),
  /** the media type that its bytes were checked to have; `application/octet-stream` when that is not known */
  type: z.string(),
  bytes: z.number().int(),
  /** 64 hex digits; null: it was kept by an older release */
  sha256: z.string().nullable(),
  /** of a picture: when it was taken */
  createdAt: z.string(),
  detail: ArtifactDetail.nullable(),
});
export type Artifact = z.infer<typeof Artifact>;
