/**
 * The last moment: between the last look and the event in the page lies Playwright's own time (it scrolls, waits for rest, moves the mouse), in which a page
 * that changes by itself may change. The guard looks once more within the event itself, and stops it when the target or its form is not what was looked at.
 * It runs in the page: it protects from pages that change, not from pages that lie.
 */
import type { ElementHandle, JSHandle } from 'playwright';
import { within } from '../race.ts';
import { readTarget, type RawScene, type ReadLimits } from './read-target.ts';

/** What of a scene must be the same: what the digest is of, as far as the page can compare it. Runs in the page and here: uses nothing else. */
export function essenceOf({ target, fields, more, leadsTo }: RawScene): string {
  const name = target.names.find((one) => one.trim() !== '') ?? '';
  const told = fields.map(({ type, value, length }) => [type, value, length]);
  return JSON.stringify([target.tag, target.type, target.role, name, target.value, told, more, leadsTo.split(/[?#;]/)[0]]);
}

type Tools = { read: typeof readTarget; essence: typeof essenceOf };
type Watch = { tripped: boolean; end: () => void };
type Arming = { tools: Tools; limits: ReadLimits; expected: string };

function arm(node: Node, { tools, limits, expected }: Arming): Watch {
  const types = ['pointerdown', 'click', 'keydown'];
  const check = (event: Event): void => {
    const { type, target, isTrusted } = event;
    if (!isTrusted) return;
    // boxes are ticked before their click is told
    const isTicked = type === 'click' && target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type);
    try {
      if (!watch.tripped && (isTicked || tools.essence(tools.read(node, limits)) === expected)) {
        // it happens now; what follows from it (the click of a label's box) is its effect
        if (type === 'click') end();
        return;
      }
    } catch {
      // what cannot be read is not what was looked at
    }
    watch.tripped = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const end = (): void => types.forEach((type) => window.removeEventListener(type, check, true));
  const watch: Watch = { tripped: false, end };
  for (const type of types) window.addEventListener(type, check, true);
  return watch;
}

export type Guard = {
  /** Whether an event was stopped. A page that has been replaced since has let it through. */
  end(): Promise<boolean>;
};

const armMs = 1_000;

/** undefined: the page did not let itself be watched in time, and what it does meanwhile is not seen */
export async function guardTarget(element: ElementHandle, limits: ReadLimits, expected: string): Promise<Guard | undefined> {
  const watch = await within(armMs, armed(element, limits, expected));
  return watch && { end: async () => (await within(armMs, watch.evaluate(over))) ?? false };
}

async function armed(element: ElementHandle, limits: ReadLimits, expected: string): Promise<JSHandle<Watch> | undefined> {
  const frame = await element.ownerFrame();
  const tools = await frame?.evaluateHandle<Tools>(`({ read: ${readTarget.toString()}, essence: ${essenceOf.toString()} })`);
  return tools && (await element.evaluateHandle(arm, { tools, limits, expected }));
}

function over(watch: Watch): boolean {
  watch.end();
  return watch.tripped;
}
