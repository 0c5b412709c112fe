/** Durations as runbooks write them. */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a number (which is that already) or of `30s`, `15m`, `2h`, `3d`; NaN for anything else. */
export function toMs(duration: number | string): number {
  if (typeof duration === 'number') return duration;
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (units[unit ?? ''] ?? NaN);
}
