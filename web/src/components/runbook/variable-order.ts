/** The names as the source declares them: the server's store does not keep the order of keys. What is not found comes last. */
export function inOrderOfSource(names: readonly string[], source: string): string[] {
  const block = source.slice(Math.max(0, source.search(/^variables\s*:/m)));
  const places = new Map<string, number>();
  for (const { 1: name, index } of block.matchAll(/^\s+(?:-\s+)?['"]?([A-Za-z_$][\w$]*)['"]?\s*:/gm))
    if (name !== undefined && !places.has(name)) places.set(name, index);
  const place = (name: string): number => places.get(name) ?? Infinity;
  return [...names].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}
