/** A text on its way from one page to the editor of another: an import, or an older version that is taken up again. */
let handed: { to: string | undefined; text: string } | undefined;

/** `to`: the runbook's id; undefined: a new runbook. */
export function handText(to: string | undefined, text: string): void {
  handed = { to, text };
}

/** What was handed to this editor, once. */
export function takeHandedText(to: string | undefined): string | undefined {
  const text = handed?.to === to ? handed?.text : undefined;
  handed = undefined;
  return text;
}
