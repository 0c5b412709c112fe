/** The search attributes of the jobs' workflows: made sure of once, and left out wherever the server does not have them. */
import { ServiceError, type Connection } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { JobInput } from '../contract/step-task.ts';
import { searchAttributes } from '../domain/names.ts';

/** `known`: the server has all of them, with our types. `detail` says it to people. */
export type AttributesAnswer = { known: boolean; detail: string };
export type SearchAttributes = {
  /** Adds what is missing. An answer that the server has them is kept, any other one for a minute. @throws when the server does not answer */
  ensure(): Promise<AttributesAnswer>;
  /** The server has refused them: the next `ensure` asks again. */
  doubt(): void;
};
type Server = Pick<Connection, 'operatorService'>;
type Name = keyof typeof searchAttributes;

const refusedMs = 60_000;
/** as in temporal.api.enums.v1.IndexedValueType */
const valueTypes = { Keyword: 2, Bool: 5 } as const;
const names = Object.keys(searchAttributes) as Name[];
const typeOf = (name: Name): number => valueTypes[searchAttributes[name]];

export function createSearchAttributes(server: Server, namespace: string): SearchAttributes {
  let last: (AttributesAnswer & { at: number }) | undefined;
  let asking: Promise<AttributesAnswer> | undefined;
  const ask = async (): Promise<AttributesAnswer> => {
    const answer = await askServer(server, namespace);
    last = { ...answer, at: Date.now() };
    return answer;
  };
  return {
    async ensure() {
      if (last && (last.known || Date.now() - last.at < refusedMs)) return { known: last.known, detail: last.detail };
      return (asking ??= ask().finally(() => (asking = undefined)));
    },
    doubt: () => (last = undefined),
  };
}

async function askServer(server: Server, namespace: string): Promise<AttributesAnswer> {
  try {
    const had = await typesAt(server, namespace);
    const missing = names.filter((name) => had[name] === undefined);
    if (missing.length === 0) return judge(had);
    const added = Object.fromEntries(missing.map((name) => [name, typeOf(name)]));
    await server.operatorService.addSearchAttributes({ namespace, searchAttributes: added });
    return judge(await typesAt(server, namespace));
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { known: false, detail: `jobs cannot be searched by status and runbook in Temporal: ${refusal}` };
  }
}

async function typesAt({ operatorService }: Server, namespace: string): Promise<Record<string, number>> {
  return (await operatorService.listSearchAttributes({ namespace })).customAttributes;
}

function judge(had: Record<string, number>): AttributesAnswer {
  const wrong = names.filter((name) => had[name] !== typeOf(name));
  if (wrong.length === 0) return { known: true, detail: names.join(', ') };
  const wanted = wrong
    .map((name) => `${name} (${had[name] === undefined ? 'is missing' : `is not a ${searchAttributes[name]}`})`)
    .join(', ');
  return { known: false, detail: `jobs cannot be searched by status and runbook in Temporal: ${wanted}` };
}

/** gRPC codes of a server that answers and will not do it; all others are those of one that is away. */
const refusals: Record<number, string> = {
  3: 'the server does not accept them',
  5: 'the namespace does not exist',
  6: 'they exist with other types',
  7: 'adding them is not permitted',
  9: 'the server has no room for them',
  12: 'the server has no operator service',
  16: 'adding them is not permitted',
};

function refusalOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? refusals[code] : undefined;
}

const shown = (text: string): string => text.slice(0, 200).replace(/[\ud800-\udbff]$/, '');

/** What a workflow starts with. */
export const firstAttributes = ({ scheduledFor, runbook, requestedBy }: JobInput): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: { name: 'JobStatus', type: 'KEYWORD' }, value: scheduledFor === undefined ? 'queued' : 'scheduled' },
    { key: { name: 'Runbook', type: 'KEYWORD' }, value: runbook?.id ?? 'ad hoc' },
    { key: { name: 'RequestedBy', type: 'KEYWORD' }, value: shown(requestedBy) },
    { key: { name: 'NeedsApproval', type: 'BOOL' }, value: false },
  ]);

/** A start that failed only for them: the server's front end learns of new ones some seconds late, or it is another server than before. */
export function refusesAttributes(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  const { code, details } = (error.cause ?? {}) as { code?: unknown; details?: unknown };
  return code === 3 && typeof details === 'string' && /search attribute/i.test(details);
}
