/** What URLs, HTML, JSON and JavaScript write for characters, and the characters that they stand for. Pure, and without what only browsers or only Node have. */

const hex = '[\\da-f]';
/** A character as URLs have it: its UTF-8 bytes; a byte alone that is none is a character of Latin-1. */
const percent = `%(?:[0-7]${hex}|[cd]${hex}%[89ab]${hex}|e${hex}(?:%[89ab]${hex}){2}|f[0-4](?:%[89ab]${hex}){3}|[89a-f]${hex})`;
const entity = `&(?:#\\d{1,7}|#x${hex}{1,6}|[a-z]{2,8});`;
const escaped = `\\\\(?:u\\{${hex}{1,6}\\}|u${hex}{4}|x${hex}{2}|[^ux])`;
export const encodedCharacter = new RegExp(`${percent}|${entity}|${escaped}`, 'gi');

/** @param found a match of `encodedCharacter`; a name that is none stays as it is */
export function decodedCharacter(found: string): string {
  if (found.startsWith('%')) return ofPercent(found);
  return found.startsWith('&') ? ofEntity(found) : ofEscape(found.slice(1));
}

function ofPercent(found: string): string {
  const [first = 0, ...rest] = found
    .slice(1)
    .split('%')
    .map((byte) => Number.parseInt(byte, 16));
  if (rest.length === 0) return String.fromCharCode(first);
  // the first byte says how many follow, in as many of its upper bits
  const head = first & (0x3f >> rest.length);
  return ofCode(rest.reduce((code, byte) => code * 64 + (byte & 0x3f), head));
}

const largest = 0x10ffff;
const ofCode = (code: number): string => (code <= largest ? String.fromCodePoint(code) : '\uFFFD');

function ofEntity(found: string): string {
  const name = found.slice(1, -1);
  if (name.startsWith('#')) return ofCode(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
  return entities.get(name) ?? entities.get(name.toLowerCase()) ?? found;
}

/** From the no-break space on, in the order of Latin-1. */
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
/** Those that some writers use for everything that is no letter. */
const signs =
  'amp& lt< gt> quot" apos\' Tab\t NewLine\n excl! num# dollar$ percnt% lpar( rpar) ast* plus+ comma, period. sol/ colon: semi; equals= quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] Hat^ lowbar_ grave` lcub{ lbrace{ verbar| vert| rcub} rbrace} euro€';
const entities: ReadonlyMap<string, string> = new Map([
  ...latin1.split(' ').map((name, nth): [string, string] => [name, String.fromCharCode(0xa0 + nth)]),
  ...signs.split(' ').map((sign): [string, string] => [sign.slice(0, -1), sign.slice(-1)]),
]);

const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** @param found what follows the backslash */
function ofEscape(found: string): string {
  if (!/^[ux]./i.test(found)) return controls[found] ?? found;
  return ofCode(Number.parseInt(found.replace(/[^\da-f]/gi, ''), 16));
}
