/** Jobs that record, and what comes of it. */
import { execFileSync } from 'node:child_process';
import type { Recording } from '../../src/contract/step-task.ts';
import type { HostClient } from '../../src/host/client.ts';
import type { Call, HostValue } from '../../src/host/protocol.ts';
import { attachPages, begin, type Attached } from './harness.ts';

type Recorded = Attached & { epoch: number; missing: string[] | undefined };

export async function openRecorded(
  client: HostClient,
  record: Recording,
  { jobId = 'job', values = [] }: { jobId?: string; values?: HostValue[] } = {},
): Promise<Recorded> {
  const { epoch } = await client.call('attach', {});
  const { endpoint, missing } = await client.call('open', { jobId, epoch, values, record });
  return { ...(await attachPages(endpoint)), epoch, missing };
}

/** A step that takes as long as the work. */
export async function step(
  client: HostClient,
  { epoch, instance }: { epoch: number; instance: number },
  work: () => Promise<unknown>,
): Promise<void> {
  const after = instance > 1 ? instance - 1 : null;
  await client.call('begin', begin(instance, epoch, { effect: 'read', after }));
  await work();
  await client.call('done', { jobId: 'job', epoch, instance, result: null, captures: [] });
}

export async function closeAndFetch(client: HostClient, epoch: number, jobId = 'job'): Promise<Call['recordings'][1]> {
  await client.call('close', { jobId });
  return client.call('recordings', { jobId, epoch });
}

/** What ffmpeg says of a file when it decodes all of it: nothing, when it is whole. */
export const flaws = (file: string): string => execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });

/** The colour of the middle of the picture at a time of a video, as `rrggbb`. */
export function colourAt(file: string, ms: number): string {
  const cut = ['-v', 'error', '-ss', String(ms / 1000), '-i', file, '-frames:v', '1', '-vf', 'crop=2:2,scale=1:1', '-pix_fmt', 'rgb24'];
  return execFileSync('ffmpeg', [...cut, '-f', 'rawvideo', '-']).toString('hex');
}

/** Whether a colour is about what was painted; encoders are not exact. */
export function isAbout(colour: string, wanted: string): boolean {
  const parts = (text: string): number[] => [0, 2, 4].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [a, b] = [parts(colour), parts(wanted)];
  return a.every((part, index) => Math.abs(part - (b[index] ?? 0)) < 24);
}
