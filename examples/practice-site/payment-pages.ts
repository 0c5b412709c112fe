/** Pages of the payment run, and the one that logs everybody out. */
import { euros } from './catalogue.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import type { PaymentRun } from './payment-runs.ts';
import type { Session } from './sessions.ts';

export const maxReference = 60;

const fixedField = (field: { id: string; label: string; value: string }): Html =>
  html`<div class="field">
    <label for="${field.id}">${field.label}</label><input id="${field.id}" name="${field.id}" type="text" readonly value="${field.value}" />
  </div>`;

export const paymentRunPage = (session: Session, run: PaymentRun, problem?: string): Html =>
  layout({
    title: `Payment run ${run.number}`,
    path: '/payments/next',
    session,
    body: html`<h1>Payment run ${run.number}</h1>
      <p class="lead">Released payments leave at once and cannot be called back.</p>
      ${problem !== undefined && html`<p class="alert" role="alert">${problem}</p>`}
      <form class="card" method="post" action="/payments/${run.number}/release" aria-label="Payment">
        <input type="hidden" name="token" value="${session.tokens.issue()}" />
        <div class="pair">
          ${fixedField({ id: 'payee', label: 'Payee', value: run.payee })}
          ${fixedField({ id: 'account', label: 'Account number', value: run.account })}
        </div>
        <div class="pair">
          ${fixedField({ id: 'amount', label: 'Amount', value: euros(run.amount) })}
          <div class="field">
            <label for="reference">Reference</label
            ><input id="reference" name="reference" type="text" required maxlength="${maxReference}" autocomplete="off" />
          </div>
        </div>
        <p><button type="submit" data-testid="release-payment">Release payment</button></p>
      </form>`,
  });

export const releasedPage = (session: Session, run: PaymentRun): Html =>
  layout({
    title: `Payment run ${run.number}`,
    path: '/payments/next',
    session,
    body: html`<p class="alert done" role="status">The payment has been released.</p>
      <section class="card" aria-label="Transfer">
        <p class="muted">Transfer number</p>
        <h1 class="order-number" data-testid="transfer-number">${run.released?.transfer}</h1>
        <dl>
          <dt>Payee</dt>
          <dd>${run.payee}</dd>
          <dt>Account number</dt>
          <dd>${run.account}</dd>
          <dt>Amount</dt>
          <dd>${euros(run.amount)}</dd>
          <dt>Reference</dt>
          <dd>${run.released?.reference}</dd>
        </dl>
        <a href="/dashboard">Back to the dashboard</a>
      </section>`,
  });

export const practicePage = (done = false): Html =>
  layout({
    title: 'Practise',
    body: html`<h1>Practise</h1>
      <p class="lead">Things that happen to web applications, on demand. Only this practice site can do them.</p>
      ${done && html`<p class="alert done" role="status">Everybody has been logged out.</p>`}
      <form class="card" method="post" action="/practice/expire-sessions" aria-label="Sessions">
        <p>
          Lets every session expire, as a site does overnight: the next page of a job that waits for a person asks for the log-in again.
        </p>
        <p><button type="submit">Log everybody out</button></p>
      </form>`,
  });
