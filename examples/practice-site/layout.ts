/** What every page of Harbour Supply has around it. */
import { html, type Html } from './html.ts';
import type { Session } from './sessions.ts';

const places = [
  { path: '/dashboard', name: 'Dashboard' },
  { path: '/invoices', name: 'Invoices' },
  { path: '/orders/new', name: 'New order' },
  { path: '/payments/next', name: 'Payments' },
  { path: '/stock', name: 'Stock' },
];

const link = (place: { path: string; name: string }, current: string | undefined): Html =>
  place.path === current
    ? html`<a href="${place.path}" aria-current="page">${place.name}</a>`
    : html`<a href="${place.path}">${place.name}</a>`;

const logo = html`<svg viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" aria-hidden="true">
  <circle cx="14" cy="6" r="2.6" />
  <path d="M14 9v15M9 13h10M4 17c1 5 5 7 10 7s9-2 10-7" />
</svg>`;

const signedIn = (session: Session, path: string | undefined): Html =>
  html`<nav aria-label="Main">${places.map((p) => link(p, path))}</nav>
    <form class="who" method="post" action="/logout">
      <span>${session.user}</span><button class="quiet" type="submit">Sign out</button>
    </form>`;

export function layout(page: { title: string; body: Html; path?: string; session?: Session }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · Harbour Supply</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
        <script src="/site.js" defer></script>
      </head>
      <body>
        <header>
          <div class="bar">
            <a class="brand" href="/dashboard">${logo}Harbour Supply</a>${page.session && signedIn(page.session, page.path)}
          </div>
        </header>
        <main>${page.body}</main>
        <footer>Harbour Supply is invented. Nothing is delivered, and everything is forgotten when it stops.</footer>
      </body>
    </html>`;
}
