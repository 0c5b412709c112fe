/** What is kept of a job's browser while a person is waited for, as it is sealed in the store. */
import type { PageRef } from '../../contract/job.ts';
import { createRedactor } from '../../domain/redact.ts';
import type { Collections, HostValue, StorageState } from '../../host/protocol.ts';
import { secretTexts } from '../../domain/secret-texts.ts';
import type { Position } from './position.ts';
import type { Field } from './read-fields.ts';

/** One frame of the page. `path`: its place in the tree of frames, [] for the main one. `session`: its sessionStorage. */
export type FrameState = { path: number[]; url: string; session: [string, string][]; fields: Field[]; position: Position | null };

export type Checkpoint = {
  takenAt: string;
  url: string;
  title: string;
  /** empty when the page did not answer */
  frames: FrameState[];
  storage: StorageState;
  /** every value that the job's steps could use */
  values: HostValue[];
  /** absent in checkpoints of older releases */
  collections?: Collections;
  /** texts that were secret and are no value any more; absent in checkpoints of older releases */
  earlier?: string[];
};

export const largest = 20_000_000;

/** As text. What is kept of the page has at most 20 MB: the largest parts are left out one after the other until it fits. The values, the collections and what must be masked always stay. */
export function encode(checkpoint: Checkpoint): string {
  const { storage, values, collections, earlier } = checkpoint;
  const { cookies, origins } = storage;
  const most = largest + Buffer.byteLength(JSON.stringify({ values, collections, earlier }));
  const smaller: Checkpoint[] = [
    checkpoint,
    { ...checkpoint, storage: { cookies, origins: origins.map(withoutDatabases) } },
    { ...checkpoint, storage: { cookies, origins: origins.map(withoutDatabases) }, frames: checkpoint.frames.map(withoutFields) },
    { ...checkpoint, storage: { cookies, origins: [] }, frames: [] },
  ];
  let text = '';
  for (const candidate of smaller) {
    text = JSON.stringify(candidate);
    if (Buffer.byteLength(text) <= most) break;
  }
  return text;
}

const withoutDatabases = (origin: unknown): unknown =>
  typeof origin === 'object' && origin !== null ? { ...origin, indexedDB: undefined } : origin;
const withoutFields = (frame: FrameState): FrameState => ({ ...frame, fields: [] });

/** undefined for what is no checkpoint of ours: another version's, or a damaged one */
export function decode(plain: string): Checkpoint | undefined {
  try {
    const data = JSON.parse(plain) as Partial<Checkpoint>;
    const whole = typeof data.url === 'string' && Array.isArray(data.frames) && Array.isArray(data.values) && data.storage !== undefined;
    return whole ? (data as Checkpoint) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the checkpoint is, as events may say it. */
export function placeOf({ url, title, ...secret }: Checkpoint): PageRef {
  const redact = createRedactor(secretsOf(secret));
  return { url: redact(url).slice(0, 2_000), title: redact(title).slice(0, 500) };
}

/** What a redactor has to know here: of what was secret earlier the newest 1,000, since working out more of them would hold up all jobs of the worker. The newest last. */
export const secretsOf = ({ values, earlier = [] }: Pick<Checkpoint, 'values' | 'earlier'>): string[] => [
  ...earlier.slice(-1_000),
  ...secretTexts(values),
];
