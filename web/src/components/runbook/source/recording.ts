/** What a text that comes from outside is, as far as can be seen without reading it all. */
export const largestImport = 512 * 1024;

type Step = { type?: unknown };

/** A recording of Chrome DevTools: JSON with a list of steps that each have a type. Anything else, runbooks as JSON too, is not one. */
export function isRecording(text: string): boolean {
  if (!/^\s*\{/.test(text) || text.length > largestImport) return false;
  try {
    const { steps } = JSON.parse(text) as { steps?: unknown };
    return Array.isArray(steps) && steps.length > 0 && steps.every((step: Step | null) => typeof step?.type === 'string');
  } catch {
    return false;
  }
}
