/** Handlers that say what runs: /api/system, /healthz, /readyz, and the documents. */
import { runbookJsonSchema } from '../language/json-schema.ts';
import type { PlanName } from '../contract/system.ts';
import { anyJob } from '../db/jobs.ts';
import { whyNoVideo } from '../domain/plans.ts';
import type { HostStat } from '../host/protocol.ts';
import type { ApiDependencies } from './dependencies.ts';
import { createOpenApi } from './openapi.ts';
import type { Handlers } from './route.ts';

export type SystemHandlers = Pick<Handlers, 'system' | 'runbookSchema' | 'openapi' | 'healthz' | 'readyz'>;
type Part = { name: string; ok: boolean; detail: string };

export function systemHandlers(deps: ApiDependencies): SystemHandlers {
  const openapi = createOpenApi(deps.settings.version);
  const schema = runbookJsonSchema();
  return {
    system: () => describeSystem(deps),
    runbookSchema: ({ res }) => void res.type('application/schema+json').send(JSON.stringify(schema)),
    openapi: ({ res }) => void res.json(openapi),
    healthz: () => ({ ok: true as const }),
    async readyz({ res }) {
      const parts = await Promise.all([temporalPart(deps), databasePart(deps)]);
      const ok = parts.every((part) => part.ok);
      if (!ok) res.status(503);
      return { ok, parts };
    },
  };
}

async function describeSystem(deps: ApiDependencies) {
  const { settings, gateway, database } = deps;
  const [temporal, attributes, postgres, host, jobs] = await Promise.all([
    temporalPart(deps),
    attributesPart(deps),
    databasePart(deps),
    hostOf(deps),
    anyJob(database.db).catch(() => true),
  ]);
  const hostPart: Part[] = host
    ? [{ name: 'browser host', ok: true, detail: `${host.used} of ${host.slots} browsers in use on ${host.host}` }]
    : [];
  return {
    ...{
      version: settings.version,
      parts: [temporal, postgres, ...hostPart, attributes],
      temporalUi: settings.temporalUiUrl,
      namespace: gateway.namespace,
    },
    ...{
      firstRun: !jobs,
      browsers: host && { used: host.used, slots: host.slots },
      sandbox: host && host.sandbox,
      practiceSite: settings.practiceUrl,
      parkAfterMs: settings.parkAfterMs,
      plan: settings.plan,
      video: videoOf(settings.plan, host),
    },
  };
}

function videoOf(plan: PlanName, host: HostStat | null) {
  const because = whyNoVideo(plan, host);
  return { available: because === null, because };
}

const hostOf = ({ hostStat }: ApiDependencies) => hostStat().catch(() => null);

async function part(name: string, check: () => Promise<unknown>): Promise<Part> {
  const began = performance.now();
  try {
    await check();
    return { name, ok: true, detail: `answers in ${Math.round(performance.now() - began)} ms` };
  } catch {
    // Addresses and credentials in the error's text are nobody's business here.
    return { name, ok: false, detail: 'does not answer' };
  }
}

const temporalPart = ({ gateway }: ApiDependencies): Promise<Part> => part('Temporal', () => gateway.ping());
/** Without them the jobs run as well, but nobody can search for them in Temporal. */
const attributesPart = ({ gateway }: ApiDependencies): Promise<Part> =>
  gateway.ensureSearchAttributes().then(
    ({ known, detail }) => ({ name: 'search attributes', ok: known, detail }),
    () => ({ name: 'search attributes', ok: false, detail: 'not known while Temporal does not answer' }),
  );
const databasePart = ({ database }: ApiDependencies): Promise<Part> => part('Postgres', () => database.pool.query('select 1'));
