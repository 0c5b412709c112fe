/** Whether an address is the one that was meant: the same, a part of it, or a glob ("**\/done*"). */
export const addressMatches = (wanted: string, address: string): boolean =>
  address === wanted || address.includes(wanted) || globMatches(wanted, address);

const longest = 2_000;
const mostStars = 10;

/** `*` stands for anything without a slash, `**` for anything; with more than ten stars it is no glob. */
function globMatches(glob: string, text: string): boolean {
  const parts = glob.split(/(\*\*?)/);
  if (parts.length === 1 || parts.length > 2 * mostStars + 1) return false;
  const subject = text.slice(0, longest);
  // the places up to which the glob so far can reach: linear where a regular expression would go back again and again
  let reached = new Set([0]);
  for (const part of parts) {
    reached = part.startsWith('*') ? stretched(reached, subject, part === '**') : followed(reached, subject, part);
    if (reached.size === 0) return false;
  }
  return reached.has(subject.length);
}

function stretched(reached: ReadonlySet<number>, text: string, overSlashes: boolean): Set<number> {
  const next = new Set<number>();
  for (const from of reached)
    for (let at = from; at <= text.length && !next.has(at); at += 1) {
      next.add(at);
      if (!overSlashes && text[at] === '/') break;
    }
  return next;
}

const followed = (reached: ReadonlySet<number>, text: string, part: string): Set<number> =>
  new Set([...reached].filter((at) => text.startsWith(part, at)).map((at) => at + part.length));
