/** A bank with a log-in, a payment that can be released, and a server that counts what really happened and can change its mind meanwhile. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PaymentSite = {
  url: string;
  /** amounts that were released, in order */
  released: string[];
  /** what the form says when it is opened */
  amount: string;
  /** everybody has to log in again */
  expireSessions(): void;
  close(): Promise<void>;
};

const html = (title: string, body: string): string => `<!doctype html><title>${title}</title><h1>${title}</h1>${body}`;
const login = html(
  'Log in',
  '<form method="post" action="/login"><label>PIN <input id="pin" name="pin" type="password"></label><button id="log-in">Log in</button></form>',
);
const form = (amount: string): string =>
  html(
    'Payment',
    `<form method="post" action="/release"><input type="hidden" name="token" value="${randomUUID()}">
<label>Amount <input id="amount" name="amount" value="${amount}"></label><label>Reference <input id="reference" name="reference"></label>
<button id="release">Release payment</button></form>`,
  );

export async function startPaymentSite(): Promise<PaymentSite> {
  const sessions = new Set<string>();
  const site = { released: [] as string[], amount: '100.00' };
  const server = createServer((request, response) => void answer(request, response, { sessions, site }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(site, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expireSessions: () => sessions.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

type Bank = { sessions: Set<string>; site: { released: string[]; amount: string } };

async function answer(request: IncomingMessage, response: ServerResponse, bank: Bank): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://bank').pathname;
  let body = '';
  for await (const chunk of request) body += String(chunk);
  response.setHeader('content-type', 'text/html');
  if (path === '/login') return void (request.method === 'POST' ? letIn(response, bank) : response.end(login));
  if (!isKnown(request, bank)) return void response.writeHead(303, { location: '/login' }).end();
  if (path === '/release') bank.site.released.push(new URLSearchParams(body).get('amount') ?? '');
  response.end(path === '/release' ? html('Released', '<p id="done">The payment was released.</p>') : form(bank.site.amount));
}

const isKnown = ({ headers }: IncomingMessage, { sessions }: Bank): boolean =>
  sessions.has(/session=([\w-]+)/.exec(headers.cookie ?? '')?.[1] ?? '');

function letIn(response: ServerResponse, { sessions }: Bank): void {
  const session = randomUUID();
  sessions.add(session);
  response.writeHead(303, { location: '/pay', 'set-cookie': `session=${session}; HttpOnly` }).end();
}

/** Logs in, opens the payment, asks, releases it. `more` goes below `approval`. */
export const paymentRunbook = (url: string, more = ''): string =>
  `title: Release a payment
settings: { pauseBetweenSteps: 0, defaultTimeout: 10000 }
variables:
  pin: { source: prompt, sensitive: true }
steps:
  - { id: open, description: Open the bank, action: { type: navigate, url: "${url}/login" } }
  - { id: pin, description: Type the PIN, action: { type: input, selector: { id: pin }, value: "{{pin}}" } }
  - { id: login, description: Log in, action: { type: click, selector: { id: log-in } } }
  - { id: reference, description: Fill in the reference, action: { type: input, selector: { id: reference }, value: "TW-11" } }
  - id: release
    description: Release the payment
    riskLevel: high
    requiresConfirmation: true
    approval: { message: "Reference TW-11"${more} }
    action: { type: click, selector: { id: release } }
  - { id: see, description: See that it was released, action: { type: wait, selector: { id: done } } }
`;
