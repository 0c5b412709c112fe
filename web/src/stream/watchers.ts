/** Who watches what, and telling them. */
import type { Listener, MessageName, Messages, Wanted } from './messages.ts';

export class Watchers {
  readonly #watchers = new Map<symbol, { wanted: Wanted; listener: Listener }>();

  /** @returns ends it */
  add(wanted: Wanted, listener: Listener): () => void {
    const key = Symbol('watcher');
    this.#watchers.set(key, { wanted, listener });
    return () => void this.#watchers.delete(key);
  }

  wanted(): Wanted[] {
    return [...this.#watchers.values()].map((watcher) => watcher.wanted);
  }

  /** A copy is walked: who is told may begin or end to watch. */
  deliver<N extends MessageName>(name: N, message: Messages[N]): void {
    for (const { listener } of [...this.#watchers.values()]) listener[name]?.(message);
  }

  clear(): void {
    this.#watchers.clear();
  }
}

/** However often it is asked for within one task, it is done once, after it: two pages that change hands open one stream. */
export function oncePerTask(act: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      act();
    }, 0);
  };
}
