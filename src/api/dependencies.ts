/** What the api is made of. The root builds it; tests build their own. */
import type { Readable } from 'node:stream';
import type { Artifact } from '../contract/artifact.ts';
import type { PlanName } from '../contract/system.ts';
import type { Database } from '../db/database.ts';
import type { Notifications } from '../db/notify.ts';
import type { HostClient } from '../host/client.ts';
import type { HostStat } from '../host/protocol.ts';
import type { Log } from '../log.ts';
import type { Vault } from '../vault/vault.ts';
import type { TemporalGateway } from './temporal-gateway.ts';

/** `bytes`: how many there are of the whole, whatever the range. The stream has to be read or destroyed. */
export type OpenedBytes = { stream: Readable; bytes: number };
/** Bytes of an artifact, all or `start` to `end` (inclusive); null when the store has them no more. Rejects with what the store throws. */
export type ArtifactReader = { open(artifact: Artifact, range?: { start: number; end: number }): Promise<OpenedBytes | null> };

export type ApiSettings = {
  /** where people find the console; null when unknown */
  publicUrl: string | null;
  temporalUiUrl: string | null;
  /** folder of the built console */
  web: string;
  /** the built module that writes a report as HTML */
  reportRenderer: string;
  practiceUrl: string | null;
  /** what `env` variables may read: the names that are allowed, and the values of those that are set */
  env: Readonly<Record<string, string | undefined>>;
  envAllow: readonly string[];
  apiKey: string;
  apiKeyFile: string;
  /** how long a job that waits for a person keeps its browser */
  parkAfterMs: number;
  plan: PlanName;
  version: string;
};

export type ApiDependencies = {
  database: Database;
  notifications: Notifications;
  gateway: TemporalGateway;
  vault: Vault;
  artifacts: ArtifactReader;
  /** null: there is no browser host on this machine */
  hostStat: () => Promise<HostStat | null>;
  /** what a watched job's browser shows, until `signal`; as HostClient.watch */
  watchHost: HostClient['watch'];
  settings: ApiSettings;
  log: Log;
};
