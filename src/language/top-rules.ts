/** Rules about settings, metadata and variables that shapes cannot say. */
import type { Mistakes, Path } from './mistakes.ts';
import { asMap, asText, has, type RawMap } from './raw.ts';

const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/** As a browser reads it: without leading control characters, and without tabs and line ends anywhere (`java\nscript:`). */
function asBrowsersRead(url: string): string {
  let start = 0;
  while (start < url.length && url.charCodeAt(start) <= 0x20) start += 1;
  return url.slice(start).replace(/[\t\n\r]/g, '');
}

/** What is wrong with an address, or undefined. Relative and templated ones are fine; only http and https are opened. */
export function addressMistake(url: string): string | undefined {
  const address = asBrowsersRead(url);
  if (address === '') return 'must not be empty';
  if (address.startsWith('{{')) return undefined;
  const given = scheme.exec(address)?.[1]?.toLowerCase();
  if (given === undefined) return undefined;
  if (given !== 'http' && given !== 'https')
    return `\`${given}:\` addresses are not opened; write an address that begins with http:// or https://, or a relative one`;
  return address.includes('{{') || URL.canParse(address) ? undefined : 'is not a valid address; check the host name and the port';
}

const isAbsolute = (url: string): boolean => /^https?:/i.test(asBrowsersRead(url)) || url.trimStart().startsWith('{{');

function checkAddresses(root: RawMap, mistakes: Mistakes): void {
  const base = asText(asMap(root['settings'])['baseUrl']);
  const start = asText(asMap(root['metadata'])['startUrl']);
  const check = (url: string | undefined, path: Path, relative?: string): void => {
    if (url === undefined) return;
    const message = addressMistake(url) ?? (relative !== undefined && !isAbsolute(url) ? relative : undefined);
    if (message) mistakes.add(path, message);
  };
  check(base, ['settings', 'baseUrl'], 'must be a whole address, as in https://example.com');
  check(
    start,
    ['metadata', 'startUrl'],
    base === undefined ? 'is relative, but there is no `settings.baseUrl`; write the whole address' : undefined,
  );
}

const fieldOfSource: Record<string, string> = { fixed: 'value', env: 'envKey', expression: 'expression' };

const givenAtStart: ReadonlySet<string> = new Set(['prompt', 'data', 'context']);

function checkVariable(name: string, variable: RawMap, mistakes: Mistakes): void {
  const path = ['variables', name];
  const source = asText(variable['source']) ?? '';
  const needed = Object.hasOwn(fieldOfSource, source) ? fieldOfSource[source] : undefined;
  if (needed !== undefined && !has(variable, needed)) mistakes.add(path, `the source \`${source}\` needs \`${needed}\``);
  if (needed === undefined && !givenAtStart.has(source)) return;
  for (const [owner, field] of Object.entries(fieldOfSource)) {
    if (field === needed || !has(variable, field)) continue;
    mistakes.add([...path, field], `\`${field}\` is only used with \`source: ${owner}\`; remove it or change the source`, 'key');
  }
}

function warnOfContext(name: string, variable: RawMap, mistakes: Mistakes): void {
  const path = ['variables', name];
  const source = variable['source'];
  if (source === 'context')
    mistakes.warn(
      [...path, 'source'],
      'no AI reads the context here: the value of a `context` variable must be given when the job starts, as for `prompt`',
    );
}

export function checkTop(root: RawMap, mistakes: Mistakes): void {
  checkAddresses(root, mistakes);
  for (const [name, variable] of Object.entries(asMap(root['variables']))) {
    checkVariable(name, asMap(variable), mistakes);
    warnOfContext(name, asMap(variable), mistakes);
  }
}
