/** Pictures, video and trace: what the command asks for, and what it tells of them at the end. */
import type { Artifact } from '../contract/artifact.ts';
import type { JobOptions, ScreenshotPolicy } from '../contract/evidence.ts';
import { plural } from './step-lines.ts';

export type EvidenceOptions = { video?: boolean; trace?: boolean; screenshots?: ScreenshotPolicy; live: boolean };

/** Only what differs from the defaults; undefined: nothing does. */
export function jobOptions({ video, trace, screenshots, live }: EvidenceOptions): JobOptions | undefined {
  const options: JobOptions = {
    ...(video && { video }),
    ...(trace && { trace }),
    ...(screenshots && { screenshots }),
    ...(!live && { live }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}

/** How many there are of each kind. */
export type Evidence = { screenshots: number; videos: number; traces: number; snapshots: number };

export function evidenceOf(artifacts: readonly Pick<Artifact, 'kind'>[]): Evidence {
  const count = (wanted: Artifact['kind']): number => artifacts.filter(({ kind }) => kind === wanted).length;
  return { screenshots: count('screenshot'), videos: count('video'), traces: count('trace'), snapshots: count('snapshot') };
}

/** "12 pictures, 1 video, 1 trace"; empty: there is nothing. */
export function evidenceInWords({ screenshots, videos, traces, snapshots }: Evidence): string {
  const parts = [
    screenshots > 0 && plural(screenshots, 'picture'),
    videos > 0 && plural(videos, 'video'),
    traces > 0 && plural(traces, 'trace'),
    snapshots > 0 && `${plural(snapshots, 'page')} as HTML`,
  ];
  return parts.filter(Boolean).join(', ');
}
