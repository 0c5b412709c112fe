/** A picture of a job's page as an artifact. The host takes it, with everything covered that nobody may see. */
import { createHash, randomUUID } from 'node:crypto';
import type { ArtifactDetail } from '../contract/artifact.ts';
import type { HostPicture } from '../host/protocol.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { keepProof, type ProofMeans } from './keep-proof.ts';
import { within } from './race.ts';

/** `key`: a picture with the same one replaces the one before. */
export type Shot = { jobId: string; stepId: string | null; name: string; key?: string; detail: Omit<ArtifactDetail, 'page' | 'video'> };
export type PictureMeans = ProofMeans & Pick<WorkerDependencies, 'host' | 'epoch'>;

export type Marked = Pick<ArtifactDetail, 'mark' | 'alike'>;

/** How long the host is given; it gives up by itself a little earlier. */
const limitMs = 2_000;

/**
 * The artifact's id; undefined when the page gives no picture in time, or a secret on it could not be covered: of a failed step that is told with what is missing.
 * `marked` is asked as soon as the picture is taken. Never rejects.
 */
export async function takePicture(shot: Shot, means: PictureMeans, marked?: () => Promise<Marked>): Promise<string | undefined> {
  const picture = await askPicture(shot.jobId, means);
  if (!picture && shot.detail.because === 'failure') means.lost.ungiven(shot.jobId, 'picture');
  if (!picture) return undefined;
  return storePicture({ ...shot, detail: { ...shot.detail, ...(await marked?.()) } }, picture, means);
}

export async function askPicture(jobId: string, { host, epoch }: Pick<PictureMeans, 'host' | 'epoch'>): Promise<HostPicture | undefined> {
  const answer = await within(limitMs, host.call('picture', { jobId, epoch }));
  return answer?.picture ?? undefined;
}

/** As keepProof. */
export function storePicture(shot: Shot, picture: HostPicture, means: ProofMeans): Promise<string | undefined> {
  const { detail, ...about } = shot;
  const page = { url: picture.url.slice(0, 2_000), title: picture.title.slice(0, 500) };
  return keepProof(
    'picture',
    {
      ...{ ...about, kind: 'screenshot', type: 'image/jpeg', bytes: bytesOf(picture) },
      createdAt: new Date(picture.at).toISOString(),
      detail: { ...detail, page },
    },
    means,
  );
}

const bytesOf = ({ jpeg }: HostPicture): Buffer => Buffer.from(jpeg, 'base64');
export const looksOf = (picture: HostPicture): string => createHash('sha256').update(picture.jpeg).digest('base64');
export const pictureName = (stepId: string): string => `${stepId}-${randomUUID().slice(0, 8)}.jpg`;
