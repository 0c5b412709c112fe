/** Handlers of /api/runbooks. */
import type { z } from 'zod';
import type { Validation } from '../contract/library.ts';
import { findRunbook, insertRunbook, insertRunbookVersion, listRunbooks, listRunbookVersions } from '../db/runbooks.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiProblem } from './problem.ts';
import type { Handlers } from './route.ts';
import { readSource, requireRunbook } from './runbook-source.ts';

export type RunbookHandlers = Pick<
  Handlers,
  'listRunbooks' | 'createRunbook' | 'validateRunbook' | 'getRunbook' | 'updateRunbook' | 'listRunbookVersions'
>;

const noSuchRunbook = (id: string): ApiProblem => new ApiProblem('not_found', `there is no runbook ${id.slice(0, 100)}`);

export function runbookHandlers({ database: { db } }: ApiDependencies): RunbookHandlers {
  const requireStored = async (id: string, version?: number) => {
    const found = await findRunbook(db, id, version);
    if (!found) throw noSuchRunbook(version === undefined ? id : `${id} version ${version}`);
    return found;
  };
  return {
    listRunbooks: async () => ({ runbooks: await listRunbooks(db) }),
    async createRunbook({ body, res }) {
      const id = await storeNew(db, requireRunbook(body.source), body.id);
      res.location(`/api/runbooks/${id}`);
      return requireStored(id);
    },
    validateRunbook: ({ body }) => validate(body.source),
    getRunbook: ({ params, query }) => requireStored(params.id, query.version),
    async updateRunbook({ params, body }) {
      const stored = await insertRunbookVersion(db, params.id, requireRunbook(body.source));
      if (stored === undefined) throw noSuchRunbook(params.id);
      return requireStored(params.id, stored);
    },
    async listRunbookVersions({ params }) {
      const versions = await listRunbookVersions(db, params.id);
      if (versions.length === 0) throw noSuchRunbook(params.id);
      return { versions };
    },
  };
}

function validate(text: string): z.input<typeof Validation> {
  const { kind, translation, errors, warnings, title, runbook, steps } = readSource(text);
  return { kind, translation, errors, warnings, title, variables: runbook?.variables ?? {}, steps };
}

/** A name of a URL from a title; a title without Latin letters or digits gives `runbook`. */
export function slugOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 56)
      .replace(/-+$/, '') || 'runbook'
  );
}

type Text = Parameters<typeof insertRunbook>[2];

/** A given id that is taken is refused; one made of the title gets a number. */
async function storeNew(db: Parameters<typeof insertRunbook>[0], text: Text, id: string | undefined): Promise<string> {
  if (id !== undefined) {
    if (await insertRunbook(db, id, text)) return id;
    const errors = [{ path: 'id', message: 'is taken' }];
    throw new ApiProblem('invalid_request', `there is a runbook ${id} already; PUT /api/runbooks/${id} stores a new version of it`, {
      status: 409,
      errors,
    });
  }
  const slug = slugOf(text.parsed.title);
  for (let n = 1; n < 1_000; n += 1) {
    const candidate = n === 1 ? slug : `${slug}-${n}`;
    if (await insertRunbook(db, candidate, text)) return candidate;
  }
  throw new ApiProblem('invalid_request', 'a thousand runbooks have this title; give an id', {
    errors: [{ path: 'id', message: 'is needed' }],
  });
}
