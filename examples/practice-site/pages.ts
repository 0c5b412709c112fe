/** The pages of Harbour Supply. */
import { euros, invoices, products, type Invoice } from './catalogue.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import type { Order, Session } from './sessions.ts';

export const logInPage = (options: { failed?: boolean; signedOut?: boolean; user?: string }): Html =>
  layout({
    title: 'Log in',
    body: html`<section class="card narrow" aria-labelledby="log-in-title">
      <h1 id="log-in-title">Log in</h1>
      <p class="lead">Orders and invoices for ships and shores.</p>
      ${options.failed && html`<p class="alert" role="alert">The user name or the password is wrong.</p>`}
      ${options.signedOut && html`<p class="alert done" role="status">You have signed out.</p>`}
      <form method="post" action="/login">
        <div class="field">
          <label for="username">User name</label
          ><input id="username" name="username" type="text" autocomplete="username" required value="${options.user}" />
        </div>
        <div class="field">
          <label for="password">Password</label
          ><input id="password" name="password" type="password" autocomplete="current-password" required />
        </div>
        <button type="submit" data-testid="log-in">Log in</button>
      </form>
    </section>`,
  });

const open = (): Invoice[] => invoices.filter((i) => i.status !== 'Paid');
const sum = (list: readonly Invoice[]): string => euros(list.reduce((total, i) => total + i.amount, 0));

export const dashboardPage = (session: Session): Html =>
  layout({
    title: 'Dashboard',
    path: '/dashboard',
    session,
    body: html`<h1>Good day, ${session.user}</h1>
      <p class="lead">What is afloat today.</p>
      <div class="grid">
        <section class="card">
          <h2>Open invoices</h2>
          <p class="figure" data-testid="open-count">${open().length}</p>
          <p class="muted">${sum(open())} to come in</p>
        </section>
        <section class="card">
          <h2>Overdue</h2>
          <p class="figure" data-testid="overdue-count">${invoices.filter((i) => i.status === 'Overdue').length}</p>
          <p class="muted">${sum(invoices.filter((i) => i.status === 'Overdue'))}</p>
        </section>
        <section class="card">
          <h2>Orders in this session</h2>
          <p class="figure" data-testid="order-count">${session.orders.length}</p>
          <p class="muted">${session.orders.at(-1)?.number ?? 'none yet'}</p>
        </section>
      </div>
      <p><a class="button" href="/orders/new">Order supplies</a></p>`,
  });

export const invoicesPage = (session: Session, query: string): Html =>
  layout({
    title: 'Invoices',
    path: '/invoices',
    session,
    body: html`<h1>Invoices</h1>
      <p class="lead">Search by number, customer, vessel or status.</p>
      <form id="invoice-search" class="search" role="search" action="/invoices">
        <div class="field">
          <label for="q">Search invoices</label
          ><input id="q" name="q" type="search" placeholder="e.g. Northwind or INV-2044" value="${query}" />
        </div>
        <button type="submit">Search</button>
      </form>
      <div id="results" class="card" aria-live="polite" aria-busy="false"><p class="muted">Nothing searched yet.</p></div>`,
  });

const invoiceRow = (i: Invoice): Html =>
  html`<tr data-invoice="${i.number}">
    <td><a href="/invoices/${i.number}">${i.number}</a></td>
    <td>${i.customer}</td>
    <td>${i.vessel}</td>
    <td>${i.due}</td>
    <td class="number">${euros(i.amount)}</td>
    <td><span class="badge ${i.status.toLowerCase()}">${i.status}</span></td>
  </tr>`;

/** A part of a page: what the search answers. */
export const invoiceResults = (found: readonly Invoice[], query: string): Html =>
  found.length === 0
    ? html`<p role="status">No invoice matches “${query}”.</p>`
    : html`<p role="status" data-testid="result-count">${found.length} ${found.length === 1 ? 'invoice' : 'invoices'}</p>
        <table aria-label="Invoices found">
          <thead>
            <tr>
              <th scope="col">Invoice</th>
              <th scope="col">Customer</th>
              <th scope="col">Vessel</th>
              <th scope="col">Due</th>
              <th scope="col" class="number">Amount</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            ${found.map(invoiceRow)}
          </tbody>
        </table>`;

export const invoicePage = (session: Session, i: Invoice): Html =>
  layout({
    title: `Invoice ${i.number}`,
    path: '/invoices',
    session,
    body: html`<h1>Invoice ${i.number}</h1>
      <p class="lead"><span class="badge ${i.status.toLowerCase()}" data-testid="invoice-status">${i.status}</span></p>
      <section class="card" aria-label="Details">
        <dl>
          <dt>Customer</dt>
          <dd>${i.customer}</dd>
          <dt>Vessel</dt>
          <dd>${i.vessel}</dd>
          <dt>Issued</dt>
          <dd>${i.issued}</dd>
          <dt>Due</dt>
          <dd>${i.due}</dd>
          <dt>Amount</dt>
          <dd data-testid="invoice-amount">${euros(i.amount)}</dd>
        </dl>
        <p><a class="button" href="/invoices/${i.number}.pdf" download>Download PDF</a></p>
        <a href="/invoices">Back to the search</a>
      </section>`,
  });

export const stockPage = (session: Session): Html =>
  layout({
    title: 'Stock',
    path: '/stock',
    session,
    body: html`<h1>Stock</h1>
      <p class="lead">Straight from the warehouse, which takes its time.</p>
      <div id="stock" class="card" aria-live="polite" aria-busy="true"></div>`,
  });

export const stockList = (): Html =>
  html`<table aria-label="Stock">
      <thead>
        <tr>
          <th scope="col">Article</th>
          <th scope="col">Name</th>
          <th scope="col">Unit</th>
          <th scope="col" class="number">In stock</th>
        </tr>
      </thead>
      <tbody>
        ${products.map(
          (p) =>
            html`<tr data-sku="${p.sku}">
              <td>${p.sku}</td>
              <td>${p.name}</td>
              <td>${p.unit}</td>
              <td class="number">${p.stock}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="muted" data-testid="stock-updated">Counted just now</p>`;

export const orderPage = (session: Session, order: Order): Html =>
  layout({
    title: `Order ${order.number}`,
    path: '/orders/new',
    session,
    body: html`<p class="alert done" role="status">Thank you. Your order has been placed.</p>
      <section class="card" aria-label="Order confirmation">
        <p class="muted">Order number</p>
        <h1 class="order-number" data-testid="order-number">${order.number}</h1>
        <dl>
          <dt>Article</dt>
          <dd>${order.product}</dd>
          <dt>Quantity</dt>
          <dd>${order.quantity}</dd>
          <dt>Delivery</dt>
          <dd>${order.delivery}, ${order.date}</dd>
          <dt>Contact</dt>
          <dd>${order.contact}</dd>
          <dt>Insured</dt>
          <dd>${order.insured ? 'yes' : 'no'}</dd>
          <dt>Total</dt>
          <dd data-testid="order-total">${euros(order.total)}</dd>
        </dl>
        <a href="/dashboard">Back to the dashboard</a>
      </section>`,
  });

export const lostPage = (session: Session | undefined): Html =>
  layout({
    title: 'Not found',
    session,
    body: html`<h1>Not found</h1>
      <p class="lead">There is no such page in this harbour.</p>
      <p><a href="/dashboard">To the dashboard</a></p>`,
  });
