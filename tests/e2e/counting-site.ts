/** A page whose buttons are counted by its server: what really happened, as opposed to what was reported. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const page = (buttons: number): string => `<!doctype html><title>Counting</title><h1>Counting</h1>
<label>Note <input id="note"></label><output id="last">none</output>
${Array.from({ length: buttons }, (_, n) => `<button id="b${n}">Do ${n}</button>`).join('\n')}
<script>
for (const button of document.querySelectorAll('button')) button.addEventListener('click', async () => {
  await fetch('/effect?id=' + button.id + '&note=' + encodeURIComponent(note.value), { method: 'POST' });
  last.textContent = button.id;
});
</script>`;

export type CountingSite = { url: string; effects: string[]; close(): Promise<void> };

export async function startCountingSite(buttons: number): Promise<CountingSite> {
  const effects: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://counting');
    if (url.pathname === '/effect') effects.push(url.searchParams.get('id') ?? '');
    response.setHeader('content-type', 'text/html');
    response.end(url.pathname === '/' ? page(buttons) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    effects,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A runbook that presses every button once and waits for each effect. */
export function countingRunbook(url: string, buttons: number, pause = 0): string {
  const steps = Array.from({ length: buttons }, (_, n) => [
    `  - description: Write a note for ${n}\n    action: { type: input, selector: { id: note }, value: "note ${n}" }`,
    `  - description: Press button ${n}\n    action: { type: click, selector: { id: b${n} } }`,
    `  - description: See that it happened\n    action: { type: wait, text: b${n} }`,
  ]).flat();
  return [
    'title: Press every button once',
    `settings: { pauseBetweenSteps: ${pause}, defaultTimeout: 10000 }`,
    'steps:',
    `  - description: Open the page\n    action: { type: navigate, url: "${url}" }`,
    ...steps,
  ].join('\n');
}
