/** Handlers of a job's artifacts. */
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { Artifact } from '../contract/artifact.ts';
import { findArtifact, listArtifacts } from '../db/artifacts.ts';
import { findJob } from '../db/jobs.ts';
import { isKnown, rangeOf, setHeaders, type Range } from './artifact-headers.ts';
import { sendArchive } from './artifacts-zip.ts';
import type { ApiDependencies, ArtifactReader } from './dependencies.ts';
import { noSuchJob } from './job-reader.ts';
import { ApiProblem } from './problem.ts';
import { readWholeReport } from './report.ts';
import type { Handlers } from './route.ts';

export type ArtifactHandlers = Pick<Handlers, 'listArtifacts' | 'getArtifact' | 'artifactsZip'>;

export function artifactHandlers(deps: ApiDependencies): ArtifactHandlers {
  const { database, artifacts } = deps;
  return {
    async listArtifacts({ params }) {
      if (!(await findJob(database.db, params.id))) throw noSuchJob(params.id);
      return { artifacts: await listArtifacts(database.db, params.id) };
    },
    async artifactsZip({ params, req, res }) {
      const report = await readWholeReport(deps, params.id);
      await sendArchive({ deps, report, req, res });
    },
    async getArtifact({ params, query, req, res }) {
      const artifact = await findArtifact(database.db, params.id, params.artifactId);
      if (!artifact) throw new ApiProblem('not_found', 'the job has no such artifact');
      await send(artifacts, artifact, { req, res, attachment: query.download === '1' });
    },
  };
}

type Sending = { req: Request; res: Response; attachment: boolean };

async function send(store: ArtifactReader, artifact: Artifact, { req, res, attachment }: Sending): Promise<void> {
  if (isKnown(req, artifact)) {
    setHeaders(res, artifact, attachment);
    res.status(304).end();
    return;
  }
  const range = rangeOf(req, artifact);
  if (range === 'unsatisfiable') {
    res.status(416).setHeader('Content-Range', `bytes */${artifact.bytes}`).end();
    return;
  }
  const bytes = await open(store, artifact, range);
  setHeaders(res, artifact, attachment);
  if (range) res.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${artifact.bytes}`);
  res.setHeader('Content-Length', range ? range.end - range.start + 1 : artifact.bytes);
  if (req.method === 'HEAD') {
    bytes.destroy();
    res.end();
    return;
  }
  // A viewer that goes away in the middle is no error.
  await pipeline(bytes, res).catch(() => res.destroy());
}

/** Never more than the row says: the file may just have been replaced by a longer one. @throws ApiProblem not_found */
async function open(store: ArtifactReader, artifact: Artifact, range: Range | undefined): Promise<Readable> {
  const whole = artifact.bytes > 0 ? { start: 0, end: artifact.bytes - 1 } : undefined;
  const found = await store.open(artifact, range ?? whole).catch((error: unknown) => {
    if (error instanceof RangeError) throw new ApiProblem('not_found', 'this artifact is being replaced; ask again in a moment');
    throw error;
  });
  if (!found) throw new ApiProblem('not_found', 'the bytes of this artifact are gone from the store');
  return found.stream;
}
