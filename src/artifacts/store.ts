/** Where the bytes of artifacts are. Rows about them are in the database. */
import type { Readable } from 'node:stream';

/** `path` is for people on the machine (and backups), not for requests: those use the id. */
export type StoredArtifact = { id: string; path: string; bytes: number };
/** The first and the last byte, both included, counted from 0. */
export type ByteRange = { start: number; end: number };

/** `name` is a file's name as people see it, `type` its media type. Both may come from a page. */
export type NewArtifact = { jobId: string; name: string; type: string; bytes: Uint8Array };

export type ArtifactStore = {
  /** All or nothing: a reader never sees half of it. */
  put(artifact: NewArtifact): Promise<StoredArtifact>;
  /** Undefined when there is none of that id. `bytes` is the whole length, whatever the range. @throws RangeError for a range outside of it */
  open(id: string, range?: ByteRange): Promise<{ stream: Readable; bytes: number; name: string; type: string } | undefined>;
  list(jobId: string): Promise<StoredArtifact[]>;
  /** everything of a job; harmless when repeated */
  remove(jobId: string): Promise<void>;
};
