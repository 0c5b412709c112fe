/** The traffic in the harbour: ships come in when they are called, and the water never stands still. Made to be watched. */
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import type { Session } from './sessions.ts';

const ships = ['Ada Nordica', 'Bright Heron', 'Cape Linnet', 'Dorothea', 'Eider Moon', 'Fair Isle', 'Gull Wing', 'Hollander'];

const lane = (name: string): Html =>
  html`<li class="lane" data-ship="${name}">
    <button type="button" aria-label="Call ${name}">Call</button>
    <span class="water"
      ><svg class="ship" viewBox="0 0 36 24" aria-hidden="true"><path d="M1 14h34l-5 9H7zM10 7h15v6H10zM15 1h5v5h-5z" /></svg
    ></span>
    <span class="berth">${name} waits outside</span>
  </li>`;

export const trafficPage = (session: Session): Html =>
  layout({
    title: 'Traffic',
    path: '/traffic',
    session,
    body: html`<h1>Harbour traffic</h1>
      <p class="lead">Call a ship, and it comes in.</p>
      <ul id="traffic" aria-live="polite">
        ${ships.map(lane)}
      </ul>`,
  });

export const trafficStyle = `
#traffic{list-style:none;padding:0;margin:0}
.lane{display:grid;grid-template-columns:max-content 1fr 15rem;gap:18px;align-items:center;padding:6px 0}
.water{position:relative;height:44px;border-radius:9px;overflow:hidden;background:repeating-linear-gradient(100deg,#cfe3e6 0 22px,#c2dbe0 22px 44px);background-size:200% 100%;animation:tide 6s linear infinite}
.ship{position:absolute;left:calc(100% - 52px);top:9px;width:40px;fill:#0b3b4a;transition:left 5s ease-in-out}
.lane.called .ship,.lane.moored .ship{left:12px}
.lane.moored .berth{font-weight:600;color:var(--good)}
@keyframes tide{to{background-position:-88px 0}}
@media (max-width:640px){.lane{grid-template-columns:max-content 1fr}.berth{grid-column:1/-1}}
`;

/** A ship needs five seconds to its berth. */
export const trafficScript = `
for (const lane of document.querySelectorAll('#traffic .lane')) {
  const berth = lane.querySelector('.berth');
  lane.querySelector('button').addEventListener('click', (event) => {
    event.currentTarget.disabled = true;
    lane.classList.add('called');
    berth.textContent = lane.dataset.ship + ' is coming in';
    setTimeout(() => {
      lane.classList.add('moored');
      berth.textContent = lane.dataset.ship + ' lies at her berth';
    }, 5000);
  });
}
`;
