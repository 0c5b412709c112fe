/** HTML by template literals: everything put in is escaped, unless it is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

type Piece = Html | string | number | false | undefined | readonly Html[];

function toText(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'object') return piece.map((p) => p.text).join('');
  return String(piece).replace(/[&<>"']/g, (c) => escapes[c] ?? c);
}

export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  return new Html(strings.map((s, i) => s + toText(pieces[i])).join(''));
}
