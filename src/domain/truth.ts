/** Texts that count as false in `when`, `while` and checks: what JavaScript's false, 0, null and undefined become as text, and nothing. */
const falseWords: ReadonlySet<string> = new Set(['', 'false', '0', 'null', 'undefined']);

export const isTrue = (text: string): boolean => !falseWords.has(text.trim());
