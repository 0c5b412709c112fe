import { reasonOf, RequestError } from './client.ts';

/** The beginning of a text. `whole`: there is no more of it. */
export type TextStart = { text: string; whole: boolean };
const most = 1_000_000;

/**
 * Reads at most 1 MB of an artifact as UTF-8, whatever type it has: what comes is shown as text, never run.
 * @throws RequestError when it cannot be had
 */
export async function textStart(url: string, signal?: AbortSignal): Promise<TextStart> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw new RequestError(reasonOf(error), 0, null);
  });
  if (!response.ok || !response.body) throw new RequestError(`The server answered ${response.status}`, response.status, null);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let left = most; left > 0;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.byteLength;
  }
  await reader.cancel();
  return { text, whole: false };
}
