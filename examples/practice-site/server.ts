/** Harbour Supply: a small invented web application that the example runbooks practise on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { findInvoices, invoices } from './catalogue.ts';
import type { Html } from './html.ts';
import { orderFormPage, readOrder } from './order-form.ts';
import { dashboardPage, invoicePage, invoiceResults, invoicesPage, logInPage, lostPage, orderPage, stockList, stockPage } from './pages.ts';
import { maxReference, paymentRunPage, practicePage, releasedPage } from './payment-pages.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { createPaymentRuns, type PaymentRuns } from './payment-runs.ts';
import { script } from './script.ts';
import { createSessions, type Session, type Sessions } from './sessions.ts';
import { style } from './style.ts';
import { trafficPage, trafficScript, trafficStyle } from './traffic-page.ts';

/** ms; the warehouse is late enough for a step to look for its list more than once */
const delays = { search: 380, stock: 1_400, submit: 250 };
const maxForm = 16 * 1024;

type Reply = {
  status?: number;
  type?: string;
  body?: string | Buffer;
  fileName?: string;
  location?: string;
  cookie?: string;
  afterMs?: number;
};
type Site = { sessions: Sessions; runs: PaymentRuns };
type Visit = Site & { url: URL; session: Session; request: IncomingMessage };
type Answer = (visit: Visit, parameter: string) => Reply | Promise<Reply>;

const page = (content: Html, more: Reply = {}): Reply => ({ body: content.text, ...more });
const redirect = (location: string, more: Reply = {}): Reply => ({ status: 303, location, ...more });

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxForm) throw new Error('the form is too large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

async function logIn(request: IncomingMessage, sessions: Sessions): Promise<Reply> {
  const form = await readForm(request);
  const user = form.get('username') ?? '';
  if (user !== 'demo' || form.get('password') !== 'harbour-42')
    return page(logInPage({ failed: true, user }), { status: 401, afterMs: delays.submit });
  return redirect('/dashboard', { cookie: sessions.begin(user).cookie, afterMs: delays.submit });
}

async function placeOrder({ request, session, sessions }: Visit): Promise<Reply> {
  const order = readOrder(await readForm(request));
  if (typeof order === 'string') return page(orderFormPage(session, order), { status: 422 });
  const number = sessions.orderNumber();
  session.orders.push({ number, ...order });
  return redirect(`/orders/${number}`, { afterMs: delays.submit });
}

function showInvoice({ session }: Visit, number: string): Reply {
  const invoice = invoices.find((i) => i.number === number);
  return invoice ? page(invoicePage(session, invoice)) : page(lostPage(session), { status: 404 });
}

function sendInvoice({ session }: Visit, number: string): Reply {
  const invoice = invoices.find((i) => i.number === number);
  if (!invoice) return page(lostPage(session), { status: 404 });
  return { type: 'application/pdf', body: invoicePdf(invoice), fileName: `${number}.pdf` };
}

function showOrder({ session }: Visit, number: string): Reply {
  const order = session.orders.find((o) => o.number === number);
  return order ? page(orderPage(session, order)) : page(lostPage(session), { status: 404 });
}

function openRun({ session, runs }: Visit): Reply {
  session.run ??= runs.next().number;
  return redirect(`/payments/${session.run}`);
}

function showRun({ session, runs }: Visit, number: string): Reply {
  const run = runs.find(number);
  if (!run) return page(lostPage(session), { status: 404 });
  return page(run.released ? releasedPage(session, run) : paymentRunPage(session, run));
}

async function releasePayment({ request, session, runs }: Visit, number: string): Promise<Reply> {
  const form = await readForm(request);
  const run = runs.find(number);
  if (!run) return page(lostPage(session), { status: 404 });
  const reference = (form.get('reference') ?? '').trim().slice(0, maxReference);
  const problem = run.released ? undefined : wrongRelease(session.tokens.redeem(form.get('token')), reference);
  if (problem !== undefined) return page(paymentRunPage(session, run, problem), { status: 422 });
  runs.release(run, reference);
  if (session.run === number) session.run = undefined;
  return redirect(`/payments/${number}`, { afterMs: delays.submit });
}

function wrongRelease(known: boolean, reference: string): string | undefined {
  if (!known) return 'This form is out of date. Check it and release again.';
  return reference === '' ? 'Give a reference.' : undefined;
}

const query = (url: URL): string => (url.searchParams.get('q') ?? '').slice(0, 200);

const answers: [method: string, path: RegExp, answer: Answer][] = [
  ['GET', /^\/$/, () => redirect('/dashboard')],
  ['GET', /^\/dashboard$/, ({ session }) => page(dashboardPage(session))],
  ['GET', /^\/invoices$/, ({ session, url }) => page(invoicesPage(session, query(url)))],
  ['GET', /^\/invoices\/results$/, ({ url }) => page(invoiceResults(findInvoices(query(url)), query(url)), { afterMs: delays.search })],
  ['GET', /^\/invoices\/(INV-\d{4})$/, showInvoice],
  ['GET', /^\/invoices\/(INV-\d{4})\.pdf$/, sendInvoice],
  ['GET', /^\/stock$/, ({ session }) => page(stockPage(session))],
  ['GET', /^\/stock\/list$/, () => page(stockList(), { afterMs: delays.stock })],
  ['GET', /^\/traffic$/, ({ session }) => page(trafficPage(session))],
  ['GET', /^\/orders\/new$/, ({ session }) => page(orderFormPage(session))],
  ['POST', /^\/orders$/, placeOrder],
  ['GET', /^\/orders\/(HS-\d+)$/, showOrder],
  ['GET', /^\/payments\/next$/, openRun],
  ['GET', /^\/payments\/(PR-\d+)$/, showRun],
  ['POST', /^\/payments\/(PR-\d+)\/release$/, releasePayment],
  ['POST', /^\/logout$/, ({ session, sessions }) => redirect('/login?signed-out', { cookie: sessions.end(session) })],
];

const files: Record<string, Reply> = {
  '/style.css': { type: 'text/css; charset=utf-8', body: style + trafficStyle },
  '/site.js': { type: 'text/javascript; charset=utf-8', body: script + trafficScript },
  '/healthz': { type: 'text/plain', body: 'ok' },
};

/** For everybody, logged in or not. */
function answerPractice(request: IncomingMessage, path: string, sessions: Sessions): Reply | undefined {
  if (path === '/practice') return page(practicePage());
  if (path !== '/practice/expire-sessions' || request.method !== 'POST') return undefined;
  sessions.expire();
  return page(practicePage(true));
}

async function answer(request: IncomingMessage, site: Site): Promise<Reply> {
  const { sessions } = site;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const file = Object.hasOwn(files, url.pathname) ? files[url.pathname] : undefined;
  if (file) return file;
  const practice = answerPractice(request, url.pathname, sessions);
  if (practice) return practice;
  if (url.pathname === '/login') return answerLogIn({ url, request, sessions });
  const session = sessions.of(request);
  return session ? answerSignedIn({ ...site, url, session, request }) : redirect('/login');
}

async function answerLogIn({ url, request, sessions }: Pick<Visit, 'url' | 'request' | 'sessions'>): Promise<Reply> {
  return request.method === 'POST' ? logIn(request, sessions) : page(logInPage({ signedOut: url.searchParams.has('signed-out') }));
}

async function answerSignedIn(visit: Visit): Promise<Reply> {
  const method = visit.request.method === 'POST' ? 'POST' : 'GET';
  for (const [allowed, path, give] of answers) {
    const match = allowed === method ? path.exec(visit.url.pathname) : null;
    if (match) return give(visit, match[1] ?? '');
  }
  return page(lostPage(visit.session), { status: 404 });
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status ?? 200, {
    'content-type': reply.type ?? 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; form-action 'self'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
    ...(reply.fileName === undefined ? {} : { 'content-disposition': `attachment; filename="${reply.fileName}"` }),
    ...(reply.location === undefined ? {} : { location: reply.location }),
    ...(reply.cookie === undefined ? {} : { 'set-cookie': reply.cookie }),
  });
  response.end(reply.body ?? '');
}

/** User demo, password harbour-42. Everything is in memory. The caller listens and closes. */
export function createPracticeSite(): Server {
  const site: Site = { sessions: createSessions(), runs: createPaymentRuns() };
  return createServer((request, response) => {
    answer(request, site).then(
      (reply) => setTimeout(() => send(response, reply), reply.afterMs ?? 0),
      () => send(response, { status: 400, type: 'text/plain', body: 'The request could not be read.' }),
    );
  });
}
