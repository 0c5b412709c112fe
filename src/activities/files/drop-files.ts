/** Files dropped onto an element, for places that know no other way. */
import type { ElementHandle } from 'playwright';
import type { ActOptions } from '../step-context.ts';

/** A field that nobody sees takes the files from the browser, and the page's own events carry them on. @returns whether the page has taken them */
export async function dropFiles(element: ElementHandle, paths: string[], { timeout }: ActOptions): Promise<boolean> {
  const field = await element.evaluateHandle((node) => {
    const made = (node.ownerDocument ?? document).createElement('input');
    made.type = 'file';
    made.multiple = true;
    made.hidden = true;
    (node.ownerDocument ?? document).documentElement.append(made);
    return made;
  });
  try {
    await field.setInputFiles(paths, { timeout });
    return await element.evaluate(drop, field);
  } finally {
    await field.evaluate((made) => made.remove()).catch(() => undefined);
  }
}

/** What a page does not prevent it does not handle: the browser itself would open the file. */
function drop(node: Node, field: Node): boolean {
  const dataTransfer = new DataTransfer();
  for (const file of (field as HTMLInputElement).files ?? []) dataTransfer.items.add(file);
  const send = (type: string): boolean =>
    !node.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer }));
  send('dragenter');
  const mayDrop = send('dragover');
  return send('drop') || mayDrop;
}
