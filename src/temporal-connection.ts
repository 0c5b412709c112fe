/** How every process reaches Temporal: TEMPORAL_ADDRESS, and Temporal's own variables for TLS and API keys. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from './config.ts';

export type TemporalConnectionOptions = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

/** Options for `Connection.connect` and `NativeConnection.connect`. @throws Error when a TEMPORAL_TLS_* file cannot be read */
export function temporalConnectionOptions(config: Config): TemporalConnectionOptions {
  return { ...loadClientConnectConfig().connectionOptions, address: config.temporal.address };
}
