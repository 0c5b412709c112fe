/** `from`: where the name begins. `closed`: `}}` stands behind it already. */
export type TemplatePlace = { from: number; closed: boolean };

/** Whether a name can be written here: between `{{` and `}}` on one line, not after a dot and not inside a string of the expression. */
export function templateAt(text: string, at: number): TemplatePlace | undefined {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const before = text.slice(Math.max(lineStart, at - 2_000), at);
  const open = before.lastIndexOf('{{');
  if (open < 0 || before.indexOf('}}', open) >= 0) return undefined;
  const expression = before.slice(open + 2);
  const name = /[\w$]*$/.exec(expression)?.[0] ?? '';
  const rest = expression.slice(0, expression.length - name.length);
  if (/\.\s*$/.test(rest) || /^\d/.test(name) || isInString(rest)) return undefined;
  return { from: at - name.length, closed: /^[^{}\n]*\}\}/.test(text.slice(at, at + 2_000)) };
}

/** The quote that stands around the whole value in YAML is not seen from inside of the braces, so an odd one opened here. */
const isInString = (expression: string): boolean => ['"', "'", '`'].some((quote) => expression.split(quote).length % 2 === 0);
