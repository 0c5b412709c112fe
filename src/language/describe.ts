/** One line that says what a step does, for steps that do not say it themselves. Values are never in it: they may be passwords. */
import { asList, asMap, asText, has, isMap, type RawMap } from './raw.ts';

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
const quote = (text: string): string => `“${short(text)}”`;

const namedBy = ['labelText', 'ariaLabel', 'innerText', 'placeholder', 'name', 'dataTestId', 'id', 'cssSelector', 'xPath'];

function elementOf(action: RawMap): string {
  const selector = asMap(action['selector']);
  const field = namedBy.find((f) => asText(selector[f]));
  const name = field === undefined ? undefined : asText(selector[field]);
  return name === undefined ? 'the element' : quote(name);
}

function whatHolds(action: RawMap): string | undefined {
  const text = asText(action['text']) ?? asText(action['url']) ?? asText(action['condition']);
  if (text !== undefined) return quote(text);
  if (has(action, 'selector')) return elementOf(action);
  return has(action, 'script') ? 'what a script says' : undefined;
}

const describeWait = (action: RawMap): string =>
  has(action, 'duration') ? `Wait ${String(action['duration'])} ms` : `Wait for ${whatHolds(action) ?? 'the page'}`;

function describeDownload(action: RawMap): string {
  const url = asText(action['url']);
  if (url !== undefined) return `Download ${short(url)}`;
  return has(action, 'selector') ? `Download by a click on ${elementOf(action)}` : 'Keep the file that the page gives';
}

function describeExport(action: RawMap): string {
  const collection = asText(action['exportCollection']) ?? 'a collection';
  const path = asText(action['path']);
  const as = path === undefined ? (asText(action['format']) ?? 'csv').toUpperCase() : short(path);
  return `Export ${short(collection)} as ${as}`;
}

function describeUpload(action: RawMap): string {
  const file = asText(action['file']) ?? asText(action['name']);
  return `Upload ${file === undefined ? 'files' : quote(file)} to ${elementOf(action)}`;
}

const describers: Record<string, (action: RawMap) => string> = {
  navigate: (a) => `Open ${short(asText(a['url']) ?? 'a page')}`,
  click: (a) => `Click ${elementOf(a)}`,
  input: (a) => `Fill in ${elementOf(a)}`,
  select: (a) => `Choose in ${elementOf(a)}`,
  hover: (a) => `Point at ${elementOf(a)}`,
  wait: describeWait,
  key: (a) => `Press ${short(asText(a['key']) ?? 'a key')}`,
  scroll: (a) => (has(a, 'selector') ? `Scroll to ${elementOf(a)}` : 'Scroll'),
  extract: () => 'Run a script in the page',
  download: describeDownload,
  export: describeExport,
  upload: describeUpload,
  assert: (a) => `Check ${whatHolds(a) ?? 'the page'}`,
};

function describeOperation(operation: RawMap): string {
  const collection = short(asText(operation['collection']) ?? 'a collection');
  return operation['type'] === 'aggregate'
    ? `Compute the ${asText(operation['operation']) ?? 'figure'} of ${collection}`
    : `Add to ${collection}`;
}

function describeMemory(step: RawMap): string {
  const operation = asList(step['memoryOperations'])[0];
  if (operation !== undefined) return describeOperation(asMap(operation));
  const names = asList(step['captures'])
    .map((capture) => asText(asMap(capture)['name']) ?? '')
    .filter(Boolean);
  return names.length > 0 ? `Note ${short(names.join(', '))}` : 'Remember values';
}

const bare = (template: string): string => template.replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, '').replace(/^collection:\s*/, '');

function describeLoop(loop: RawMap): string {
  const list = asText(loop['forEach']);
  if (list !== undefined) return `For each ${asText(loop['itemVariable']) ?? 'item'} in ${short(bare(list))}`;
  return `While ${short(bare(asText(loop['condition']) ?? '…'))}`;
}

/** What the step does; of a container what decides about the steps inside. */
export function describeStep(step: RawMap): string {
  if (isMap(step['loop'])) return describeLoop(step['loop']);
  if (isMap(step['branches'])) return `Depending on ${short(bare(asText(step['branches']['variable']) ?? 'a value'))}`;
  const action = asMap(step['action']);
  const type = asText(action['type']) ?? '';
  if (type === 'memory') return describeMemory(step);
  return Object.hasOwn(describers, type) ? (describers[type]?.(action) ?? type) : type || 'Step';
}
