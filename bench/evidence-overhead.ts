/**
 * What does proof cost? The same 20 steps as a job, with each kind of evidence on and off, interleaved: watched live, a picture of every step, video, trace.
 * Prints medians and ratios; fails when being watched or pictures make a job more than 10 % longer. Usage: npm run bench:evidence-overhead [-- <rounds, default 7>]
 */
import { median, startFlow } from './flow.ts';

type Variant = { name: string; options: Record<string, unknown>; watched?: true; most?: number };
const off = { screenshots: 'never' };
const variants: Variant[] = [
  { name: 'nothing (may not be watched)', options: { ...off, live: false } },
  { name: 'may be watched, nobody does', options: off, most: 1.1 },
  { name: 'watched live', options: off, watched: true, most: 1.1 },
  { name: 'a picture of every step', options: { screenshots: 'always' }, most: 1.1 },
  { name: 'pictures where the page changed', options: {}, most: 1.1 },
  { name: 'video', options: { ...off, video: true } },
  { name: 'trace', options: { ...off, trace: true } },
];

const rounds = Number(process.argv[2] ?? 7);
const flow = await startFlow();
const times = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
try {
  for (let round = 0; round <= rounds; round += 1) {
    // whoever comes after a job with a trace pays for the end of it: each has that place in turn
    const first = round % variants.length;
    for (const { name, options, watched } of [...variants.slice(first), ...variants.slice(0, first)]) {
      const ms = await flow.run({ options, watched: watched === true });
      // the first round warms everything up
      if (round > 0) times.get(name)?.push(ms);
    }
  }
} finally {
  await flow.stop();
}
const base = median(times.get(variants[0]?.name ?? '') ?? []);
console.log(`20 steps, first begins → last ends, ${rounds} rounds, interleaved`);
for (const { name, most } of variants) {
  const ms = median(times.get(name) ?? []);
  const ratio = ms / base;
  const verdict = most === undefined ? '' : ratio <= most ? `  (at most ${most})` : `  TOO MUCH: at most ${most}`;
  console.log(`${name.padEnd(34)} ${ms.toFixed(0).padStart(6)} ms   ratio ${ratio.toFixed(2)}${verdict}`);
  if (most !== undefined && ratio > most) process.exitCode = 1;
}
