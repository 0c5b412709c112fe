/** Rules about actions that shapes cannot say: which fields go together. They read data that may be wrong in other ways too. */
import { quoted } from './fields.ts';
import { checkFileName } from './file-rules.ts';
import type { Mistakes, Path } from './mistakes.ts';
import { asList, asText, has, isMap, type RawMap } from './raw.ts';
import { addressMistake } from './top-rules.ts';

/** The fields that find an element; tagName, role and inputType only filter. */
const locating = [
  'id',
  'ariaLabel',
  'dataTestId',
  'dataAttributes',
  'cssSelector',
  'xPath',
  'labelText',
  'innerText',
  'placeholder',
  'name',
  'rect',
];

export function checkSelector(selector: unknown, path: Path, mistakes: Mistakes): void {
  if (!isMap(selector)) return;
  const used = locating.filter((field) => has(selector, field));
  if (used.length === 0)
    mistakes.add(path, `finds nothing: \`tagName\`, \`role\` and \`inputType\` only filter; add one of ${quoted(locating)}`);
  for (const field of used) if (selector[field] === '') mistakes.add([...path, field], 'must not be empty; remove it or fill it in');
  const attributes = selector['dataAttributes'];
  if (isMap(attributes) && Object.keys(attributes).length === 0)
    mistakes.add([...path, 'dataAttributes'], 'must not be empty; write the attributes, as in `dataAttributes: {row-id: "7"}`');
}

type Ways = { what: string; ways: readonly string[] };

/** `selector` may have a `state`; of the ways exactly one is given. */
function checkOneWay(owner: RawMap, path: Path, { what, ways, mistakes }: Ways & { mistakes: Mistakes }): void {
  const given = ways.filter((field) => has(owner, field));
  if (given.length === 0) mistakes.add(path, `\`${what}\` needs to know what for; add one of ${quoted(ways)}`);
  if (given.length > 1)
    mistakes.add(
      path,
      `\`${what}\` takes only one of ${quoted(ways)}, this has ${quoted(given)}; ${what === 'probe' ? 'remove the others' : 'write two steps'}`,
    );
  if (has(owner, 'state') && !has(owner, 'selector'))
    mistakes.add([...path, 'state'], '`state` goes with `selector`; add a selector or remove it', 'key');
  for (const field of given)
    if (asText(owner[field])?.trim() === '') mistakes.add([...path, field], 'must not be empty; remove it or fill it in');
}

const checkWays = ['selector', 'url', 'text', 'condition', 'script'];
const waitWays = ['duration', 'selector', 'url', 'text', 'script'];

export function checkProbe(probe: RawMap, path: Path, mistakes: Mistakes): void {
  checkOneWay(probe, path, { what: 'probe', ways: checkWays, mistakes });
  checkSelector(probe['selector'], [...path, 'selector'], mistakes);
}

function checkScroll(action: RawMap, path: Path, mistakes: Mistakes): void {
  const given = ['to', 'by', 'selector'].filter((field) => has(action, field));
  if (given.length > 1)
    mistakes.add(path, `\`scroll\` takes only one of \`to\`, \`by\`, \`selector\`, this has ${quoted(given)}; remove the others`);
}

function checkSelect(action: RawMap, path: Path, mistakes: Mistakes): void {
  if (!has(action, 'value') && !has(action, 'optionText'))
    mistakes.add(path, "`select` needs `value` (the option's value) or `optionText` (what people read)");
}

function checkAddress(action: RawMap, path: Path, mistakes: Mistakes): void {
  const url = asText(action['url']);
  const message = url === undefined ? undefined : addressMistake(url);
  if (message) mistakes.add([...path, 'url'], message);
}

function checkClick(action: RawMap, path: Path, mistakes: Mistakes): void {
  const modifiers = asList(action['modifiers']);
  const twice = modifiers.findIndex((modifier, index) => modifiers.indexOf(modifier) < index);
  if (twice > 0) mistakes.add([...path, 'modifiers', twice], 'is given twice; remove one');
}

function checkDownload(action: RawMap, path: Path, mistakes: Mistakes): void {
  if (has(action, 'selector') && has(action, 'url'))
    mistakes.add(path, '`download` takes `selector` (a click gives the file) or `url` (opening it does), not both; remove one');
  checkAddress(action, path, mistakes);
  checkFileName(action['downloadPath'], [...path, 'downloadPath'], mistakes);
}

function checkExport(action: RawMap, path: Path, mistakes: Mistakes): void {
  const file = asText(action['path']);
  const format = asText(action['format']);
  const ending = file === undefined ? undefined : /\.(csv|json)$/i.exec(file)?.[1]?.toLowerCase();
  if (ending !== undefined && (format === 'csv' || format === 'json') && ending !== format)
    mistakes.add([...path, 'path'], `ends with .${ending}, but \`format\` is ${format}; make them agree, or remove \`format\``);
  checkFileName(file, [...path, 'path'], mistakes);
}

function checkUpload(action: RawMap, path: Path, mistakes: Mistakes): void {
  const fromFile = has(action, 'file');
  const made = has(action, 'content');
  if (fromFile === made)
    mistakes.add(
      path,
      `\`upload\` needs ${made ? 'only one of' : 'one of'} \`file\` (a file of this job, or of the operator's folder) and \`content\` with \`name\` (a file that is made of text)`,
    );
  if (made && !has(action, 'name')) mistakes.add([...path, 'content'], '`content` goes with `name`: say what the file is called', 'key');
  if (!made && has(action, 'name')) mistakes.add([...path, 'name'], '`name` goes with `content`; a `file` keeps its own name', 'key');
  checkFileName(action['name'], [...path, 'name'], mistakes);
  const files = action['file'];
  if (Array.isArray(files)) files.forEach((file, index) => checkFileName(file, [...path, 'file', index], mistakes));
  else checkFileName(files, [...path, 'file'], mistakes);
}

function checkNotEmpty(field: string): (action: RawMap, path: Path, mistakes: Mistakes) => void {
  return (action, path, mistakes) => {
    if (asText(action[field])?.trim() === '') mistakes.add([...path, field], 'must not be empty');
  };
}

const actionRules: Record<string, (action: RawMap, path: Path, mistakes: Mistakes) => void> = {
  wait: (action, path, mistakes) => checkOneWay(action, path, { what: 'wait', ways: waitWays, mistakes }),
  assert: (action, path, mistakes) => checkOneWay(action, path, { what: 'assert', ways: checkWays, mistakes }),
  scroll: checkScroll,
  select: checkSelect,
  navigate: checkAddress,
  click: checkClick,
  download: checkDownload,
  export: checkExport,
  upload: checkUpload,
  key: checkNotEmpty('key'),
  extract: checkNotEmpty('script'),
};

export function checkAction(action: RawMap, path: Path, mistakes: Mistakes): void {
  const type = asText(action['type']) ?? '';
  if (Object.hasOwn(actionRules, type)) actionRules[type]?.(action, path, mistakes);
  checkSelector(action['selector'], [...path, 'selector'], mistakes);
}
