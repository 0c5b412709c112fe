/** What the browser worker's activities are given. The root builds it; tests build their own. */
import type { Artifact } from '../contract/artifact.ts';
import type { HostClient } from '../host/client.ts';
import type { HostValue } from '../host/protocol.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Log } from '../log.ts';
import type { LostProof } from './lost-proof.ts';

/** A variable whose value is computed in the job's browser, before the first step. */
export type ExpressionVariable = { name: string; expression: string; sensitive: boolean; required: boolean };

/** Where a job's values come from: inputs, secrets, fixed and env values are already decided; expressions come in the order of evaluation. */
export type JobSource = {
  load(jobId: string): Promise<{ values: HostValue[]; expressions: ExpressionVariable[] }>;
  /** deletes the job's secrets; harmless when repeated */
  forget(jobId: string): Promise<void>;
};

/** Where a job's browser stood when the job began to wait; sealed at rest. */
export type CheckpointStore = {
  store(checkpoint: { jobId: string; token: number; plain: string }): Promise<void>;
  /** undefined: there is none */
  load(jobId: string): Promise<{ token: number; plain: string } | undefined>;
};

/** What the last completed job of the same runbook had: inputs and captured values that may be shown, by name. */
export type LastGoodRun = { values(runbookId: string, exceptJobId: string): Promise<Readonly<Record<string, string>>> };

/** The rows behind `GET /api/jobs/{id}/artifacts`. */
export type ArtifactIndex = {
  /** with the id of an earlier one: replaces it */
  record(row: Artifact): Promise<void>;
  /** oldest first */
  list(jobId: string): Promise<Artifact[]>;
};

/** The part of the host's client that activities use. */
export type HostCalls = Pick<HostClient, 'call'>;

export type WorkerDependencies = {
  host: HostCalls;
  hostName: string;
  /** the epoch that `attach` gave to this process */
  epoch: number;
  /** the host's own task queue, for `acquireBrowser` to return */
  queue: string;
  jobs: JobSource;
  checkpoints: CheckpointStore;
  lastGoodRun: LastGoodRun;
  /** keyed digest of a text, 64 hex digits */
  mac: (text: string) => string;
  index: ArtifactIndex;
  store: ArtifactStore;
  lost: LostProof;
  /** the operator's folder of files that runbooks may upload; it need not exist */
  filesFolder: string;
  log: Log;
  /** called once a newer worker has taken over: the process must end without reporting anything */
  fenced: () => void;
};
