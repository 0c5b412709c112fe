import type { StepError } from '../contract/error.ts';
import { HostError } from '../host/client.ts';
import type { Call } from '../host/protocol.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { pause } from './race.ts';
import { firstLine } from './step-failure.ts';

const launchAttempts = 4;
const launchPauseMs = 500;
const launchHint =
  'Chromium does not start on this machine: the log of the browser host has its words. Memory, /dev/shm and the sandbox are the usual reasons.';

type Opened = Call['open'][1] | { error: StepError };

/** A Chromium that does not start may have met a moment without memory; one that never starts is told, not tried for ever. */
export async function openBrowser(body: Call['open'][0], signal: AbortSignal, { host }: Pick<WorkerDependencies, 'host'>): Promise<Opened> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await host.call('open', body, signal);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'launch_failed') throw error;
      if (attempt === launchAttempts)
        return { error: { code: 'browser_crashed', message: firstLine(error).slice(0, 500), hint: launchHint } };
      await pause(launchPauseMs * attempt, signal);
    }
  }
}
