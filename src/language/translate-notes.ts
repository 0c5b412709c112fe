/** What a translation has done: where things come from, and what was decided. */
import type { Mistakes, Path } from './mistakes.ts';

export class Notes {
  isShort = false;
  /** comments, by path in the translation as JSON */
  readonly comments = new Map<string, string>();
  private readonly mistakes: Mistakes;

  constructor(mistakes: Mistakes) {
    this.mistakes = mistakes;
  }

  /** The same thing, perhaps at another place. */
  move(path: Path, from: Path): void {
    if (path.length !== from.length || path.some((part, index) => part !== from[index])) this.mistakes.move(path, from);
  }

  /** Written in the short dialect at `from`. `comment`: what was decided. */
  moved(path: Path, from: Path, comment?: string): void {
    this.isShort = true;
    this.move(path, from);
    if (comment !== undefined) this.comments.set(JSON.stringify(path), comment);
  }
}
