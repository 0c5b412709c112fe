/** Where the bytes of artifacts are. Rows about them are in the database. */
import type { Readable } from 'node:stream';

/** `path` is for people on the machine (and backups), not for requests: those use the id. */
export type StoredArtifact = { id: string; path: string; bytes: number };
/** The first and the last byte, both included, counted from 0. */
export type ByteRange = { start: number; end: number };

/** More than a file may have is refused while it comes; the default is what a file may have. */
export const mostBytes = 2_000_000_000;

/**
 * `name` is a file's name as people see it, `type` its media type. Both may come from a page. `key`: what is put again with the same key replaces what was there
 * and has the same id; without it every put is a new artifact. `maxBytes`: default `mostBytes`. `signal` ends a stream that does not end.
 */
export type NewArtifact = { jobId: string; name: string; type: string; key?: string; maxBytes?: number; signal?: AbortSignal } & (
  { bytes: Uint8Array } | { stream: Readable }
);
/** `sha256`: of the bytes, 64 hex digits */
export type PutArtifact = StoredArtifact & { sha256: string };
export type OpenedArtifact = { stream: Readable; bytes: number; name: string; type: string };

export type ArtifactStore = {
  /**
   * All or nothing: a reader never sees half of it, and nothing is left of what went wrong. A stream is never in memory as a whole, and is destroyed in any case.
   * @throws NotStored when it is too large, the disk is full or cannot be written; the stream's own error; the signal's reason
   */
  put(artifact: NewArtifact): Promise<PutArtifact>;
  /**
   * Undefined when there is none of that id, or nothing says any more what it is. `bytes` is the whole length, whatever the range. The stream has to be read or destroyed.
   * @throws RangeError for a range outside of it; what the disk says when it cannot be read
   */
  open(id: string, range?: ByteRange): Promise<OpenedArtifact | undefined>;
  list(jobId: string): Promise<StoredArtifact[]>;
  /** the bytes of one artifact; harmless when repeated, and when there is none */
  removeOne(id: string): Promise<void>;
  /** everything of a job; harmless when repeated */
  remove(jobId: string): Promise<void>;
};

/** `unwritable`: the place where files are kept cannot be written. */
export type WhyNotStored = 'too_large' | 'no_space' | 'unwritable';

/** Why the store did not take something. The message may name folders of the server: it is for the log. */
export class NotStored extends Error {
  readonly code: WhyNotStored;

  constructor(code: WhyNotStored, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotStored';
    this.code = code;
  }
}
