/** Data as people and files see it: lists and objects as JSON, nothing as the empty text. */
export function asText(data: unknown): string {
  if (data === null || data === undefined) return '';
  return typeof data === 'object' ? JSON.stringify(data) : `${data as string}`;
}
