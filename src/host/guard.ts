/**
 * Where a job's browser may connect to. A page that a job visits must not reach our own services (it could approve its own job) nor a cloud's metadata.
 * The guard resolves names itself and hands out the addresses it has decided on: a name that points elsewhere a moment later changes nothing.
 */
import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { canonicalAddress, isMetadataAddress, isMetadataName, isThisMachine } from './addresses.ts';
import type { RefusalReason } from './protocol.ts';

export type Lookup = (name: string) => Promise<LookupAddress[]>;
export type Verdict = { addresses: LookupAddress[] } | { refused: RefusalReason };
export type Guard = {
  /** @throws the lookup's error when the name has no address */
  check(host: string, port: number): Promise<Verdict>;
};
type Target = { host: string; port: number };
type GuardOptions = { protectedAddresses: string[]; proxyPort: () => number; lookup?: Lookup };

const knownForMs = 30_000;

/** @throws Error for a protected address that is not `host:port` */
export function createGuard({ protectedAddresses, proxyPort, lookup = lookupAll }: GuardOptions): Guard {
  const targets = protectedAddresses.map(parseTarget);
  const protectedPorts = new Set(targets.map(({ port }) => port));
  let known: { until: number; isProtected: Promise<Protects> } | null = null;

  const protects = (): Promise<Protects> => {
    // services behind a name may move
    if (!known || known.until < Date.now()) known = { until: Date.now() + knownForMs, isProtected: resolveTargets(targets, lookup) };
    return known.isProtected;
  };
  const reasonFor = async (address: string, port: number): Promise<RefusalReason | null> => {
    const canonical = canonicalAddress(address);
    if (!canonical || isMetadataAddress(canonical)) return 'metadata';
    if (port === proxyPort() && isThisMachine(canonical)) return 'proxy';
    return protectedPorts.has(port) && (await protects())(canonical, port) ? 'protected' : null;
  };

  return {
    async check(host, port) {
      const name = nameOf(host);
      if (isMetadataName(name)) return { refused: 'metadata' };
      if (targets.some((target) => target.port === port && target.host === name)) return { refused: 'protected' };
      const addresses = await resolve(name, lookup);
      // one bad address is enough: which of them the connection would take is not ours to guess
      for (const { address } of addresses) {
        const refused = await reasonFor(address, port);
        if (refused) return { refused };
      }
      return { addresses };
    },
  };
}

type Protects = (canonical: string, port: number) => boolean;

async function resolveTargets(targets: Target[], lookup: Lookup): Promise<Protects> {
  const localPorts = new Set<number>();
  const remote = new Set<string>();
  for (const { host, port } of targets) {
    // a service whose name nobody can resolve is out of reach by address; its name is refused anyway
    for (const { address } of await resolve(host, lookup).catch(() => [])) {
      const canonical = canonicalAddress(address);
      if (canonical && isThisMachine(canonical)) localPorts.add(port);
      else remote.add(`${canonical} ${port}`);
    }
  }
  return (canonical, port) => (localPorts.has(port) && isThisMachine(canonical)) || remote.has(`${canonical} ${port}`);
}

async function resolve(name: string, lookup: Lookup): Promise<LookupAddress[]> {
  const literal = canonicalAddress(name);
  return literal ? [{ address: name, family: name.includes(':') ? 6 : 4 }] : lookup(name);
}

/** As URLs have it: brackets off, lower case, no final dot. */
const nameOf = (host: string): string =>
  host
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '');

function parseTarget(text: string): Target {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (!host || !port) throw new Error(`A protected address must be host:port, not "${text}".`);
  return { host: nameOf(host), port: Number(port) };
}

const lookupAll: Lookup = (name) => systemLookup(name, { all: true });
