import { getRunbook } from '../api/runbooks.ts';

/** Texts of a runbook's versions. A version never changes, so each is fetched once. */
export function useVersionTexts(id: string) {
  const texts = new Map<number, Promise<string>>();

  /** @throws RequestError; it is asked for again the next time */
  function get(version: number): Promise<string> {
    const known = texts.get(version);
    if (known) return known;
    const asked = getRunbook(id, version).then((runbook) => runbook.source);
    texts.set(version, asked);
    asked.catch(() => texts.delete(version));
    return asked;
  }
  return { get };
}
