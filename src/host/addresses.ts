/** Network addresses in one spelling each, and what they stand for. */
import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** IPv4 dotted; IPv6 in its shortest form; an IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) as the IPv4 address. Null: no address. */
export function canonicalAddress(text: string): string | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return null;
  const groups = groupsOf(bare);
  return embeddedV4(groups) ?? groups.map((group) => group.toString(16)).join(':');
}

/** The URL parser spells every IPv6 address in hexadecimal groups. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const numbers = (part: string): number[] =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? '')];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

function embeddedV4(groups: number[]): string | null {
  const starts = (...prefix: number[]): boolean => prefix.every((group, index) => groups[index] === group);
  const dotted = (at: number): string => [groups[at] ?? 0, groups[at + 1] ?? 0].flatMap((group) => [group >> 8, group & 255]).join('.');
  if (starts(0x2002)) return dotted(1);
  const lastTwo = starts(0, 0, 0, 0, 0, 0xffff) || starts(0, 0, 0, 0, 0xffff, 0) || starts(0x64, 0xff9b, 0, 0, 0, 0);
  const compatible = starts(0, 0, 0, 0, 0, 0) && (groups[6] !== 0 || (groups[7] ?? 0) > 1);
  return lastTwo || compatible ? dotted(6) : null;
}

const metadataNames = new Set(['metadata.google.internal', 'metadata.goog', 'metadata', 'instance-data']);
const metadataAddresses = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2:0:0:0:0:0:254']);

/** @param name lower case, without a final dot */
export const isMetadataName = (name: string): boolean => metadataNames.has(name);
/** Clouds answer there with credentials; link-local as a whole, because every cloud has picked its own there. */
export const isMetadataAddress = (canonical: string): boolean =>
  metadataAddresses.has(canonical) || canonical.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(canonical);

/** Whether a connection to the address ends at this machine: loopback, "any", or an address of an interface. */
export const isThisMachine = (canonical: string): boolean =>
  /^(127|0)\./.test(canonical) || /^0:0:0:0:0:0:0:[01]$/.test(canonical) || interfaceAddresses().has(canonical);

function interfaceAddresses(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(all.map(({ address }) => canonicalAddress(address)).filter((address) => address !== null));
}
