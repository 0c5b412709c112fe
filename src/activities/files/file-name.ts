/** Names of files that come from pages and runbooks, made fit for every file system and for people. */
const longest = 150;
/** Names that Windows keeps for devices, whatever they end with. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i;

/** The last part of a path, without what no file may be called or what turns its letters around; `fallback` when nothing is left. */
export function safeFileName(name: string, fallback: string): string {
  const base = wellFormed(name)
    .replace(/^.*[\\/]/s, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const short = shortened(base);
  return short === '' ? fallback : reserved.test(short) ? `_${short}` : short;
}

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '_');

/** What it ends with stays, as far as it is an ending. */
function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= longest) return name;
  const ending = [...(/\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? '')];
  return [...letters.slice(0, longest - ending.length), ...ending].join('');
}
