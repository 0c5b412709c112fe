/** 840 → "840 B", 184000 → "184 kB", 2450000 → "2.5 MB": thousands, as the files of a computer are mostly told. */
export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  if (n < 999_500) return `${Math.round(n / 1_000)} kB`;
  if (n < 999_950_000) return `${(n / 1_000_000).toFixed(1)} MB`;
  return `${(n / 1_000_000_000).toFixed(1)} GB`;
}
