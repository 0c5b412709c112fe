/** Documents that are archives: told apart by the names of their first entries. */

const entry = Buffer.from([0x50, 0x4b, 3, 4]);
const office = 'application/vnd.openxmlformats-officedocument.';
/** By the folder in which the document itself lies. */
const folders: readonly (readonly [string, string])[] = [
  ['xl/', `${office}spreadsheetml.sheet`],
  ['word/', `${office}wordprocessingml.document`],
  ['ppt/', `${office}presentationml.presentation`],
];
const opendocument = /^application\/(vnd\.oasis\.opendocument\.[a-z]+|epub\+zip)$/;

/** `application/zip` when it is no document that is known. @param head begins with an entry, or is the end of an empty archive */
export function zipType(head: Buffer): string {
  const names = namesIn(head);
  // such a document says what it is in its first entry, which is not compressed
  const told = names[0]?.name === 'mimetype' ? head.subarray(names[0].end, names[0].end + names[0].bytes).toString('latin1') : '';
  if (opendocument.test(told)) return told;
  if (!names.some(({ name }) => name === '[Content_Types].xml' || name.startsWith('_rels/'))) return 'application/zip';
  return folders.find(([folder]) => names.some(({ name }) => name.startsWith(folder)))?.[1] ?? 'application/zip';
}

/** Those that tell documents apart come early and are short. */
const most = 200;
const longest = 64;

/** `end`: where the entry's own bytes begin */
type Entry = { name: string; bytes: number; end: number };

/** As far as they are in there. Bytes of an entry that look like the head of one do no harm. */
function namesIn(head: Buffer): Entry[] {
  const names: Entry[] = [];
  for (let at = head.indexOf(entry); at >= 0 && at + 30 <= head.length && names.length < most; at = head.indexOf(entry, at + 4)) {
    const [bytes, length, extra] = [head.readUInt32LE(at + 18), head.readUInt16LE(at + 26), head.readUInt16LE(at + 28)];
    const end = at + 30 + length;
    names.push({ name: head.subarray(at + 30, Math.min(end, at + 30 + longest)).toString('latin1'), bytes, end: end + extra });
  }
  return names;
}
