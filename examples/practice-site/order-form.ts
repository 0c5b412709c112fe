/** The form for a new order, and reading what was sent. */
import { euros, products } from './catalogue.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import type { Order, Session } from './sessions.ts';

const deliveries = [
  { value: 'standard', name: 'Standard', hint: 'three days, free', price: 0 },
  { value: 'express', name: 'Express', hint: 'next day, €24', price: 24 },
  { value: 'quay', name: 'Collect at the quay', hint: 'same day, free', price: 0 },
] as const;

const insuranceShare = 0.02;

const deliveryField = (): Html =>
  html`<fieldset class="field">
    <legend>Delivery</legend>
    ${deliveries.map(
      (d) =>
        html`<label class="choice"
          ><input type="radio" name="delivery" value="${d.value}" required /><span
            >${d.name} <span class="hint">${d.hint}</span></span
          ></label
        >`,
    )}
  </fieldset>`;

export const orderFormPage = (session: Session, problem?: string): Html =>
  layout({
    title: 'Order supplies',
    path: '/orders/new',
    session,
    body: html`<h1>Order supplies</h1>
      <p class="lead">To your berth, or collect at the quay.</p>
      ${problem !== undefined && html`<p class="alert" role="alert">${problem}</p>`}
      <form class="card" method="post" action="/orders" aria-label="New order">
        <div class="pair">
          <div class="field">
            <label for="product">Article</label
            ><select id="product" name="product" required>
              <option value="">Choose…</option>
              ${products.map((p) => html`<option value="${p.sku}">${p.name} (${euros(p.price)})</option>`)}
            </select>
          </div>
          <div class="field">
            <label for="quantity">Quantity</label><input id="quantity" name="quantity" type="number" min="1" max="500" required value="1" />
          </div>
        </div>
        ${deliveryField()}
        <div class="pair">
          <div class="field"><label for="date">Delivery date</label><input id="date" name="date" type="date" required /></div>
          <div class="field">
            <label for="contact">Contact on board</label
            ><input id="contact" name="contact" type="text" required maxlength="80" autocomplete="off" />
          </div>
        </div>
        <div class="field">
          <label for="notes">Notes <span class="hint">(optional)</span></label
          ><textarea id="notes" name="notes" maxlength="400" placeholder="Berth, gate code, tide…"></textarea>
        </div>
        <label class="choice"
          ><input type="checkbox" name="insured" value="yes" data-testid="insured" /><span
            >Insure the delivery <span class="hint">2 % of the goods</span></span
          ></label
        >
        <p><button type="submit" data-testid="place-order">Place order</button></p>
      </form>`,
  });

/** The order without its number, or what is wrong with the form. */
export function readOrder(form: URLSearchParams): Omit<Order, 'number'> | string {
  const product = products.find((p) => p.sku === form.get('product'));
  const delivery = deliveries.find((d) => d.value === form.get('delivery'));
  const quantity = Number(form.get('quantity'));
  const date = form.get('date') ?? '';
  const contact = (form.get('contact') ?? '').trim().slice(0, 80);
  if (!product) return 'Choose an article.';
  if (!isQuantity(quantity)) return 'The quantity must be 1 to 500.';
  if (!delivery) return 'Choose a delivery.';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return 'Give a delivery date.';
  if (contact === '') return 'Give a contact on board.';
  const insured = form.get('insured') === 'yes';
  const total = totalOf({ goods: product.price * quantity, insured, delivery: delivery.price });
  return { product: product.name, quantity, delivery: delivery.name, date, contact, notes: notesOf(form), insured, total };
}

const isQuantity = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= 500;
const notesOf = (form: URLSearchParams): string => (form.get('notes') ?? '').slice(0, 400);
const totalOf = (price: { goods: number; insured: boolean; delivery: number }): number =>
  Math.round((price.goods * (price.insured ? 1 + insuranceShare : 1) + price.delivery) * 100) / 100;
