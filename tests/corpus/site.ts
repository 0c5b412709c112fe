/** The application that the corpus of runbooks works on: a page for every thing that the language can do. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type CorpusSite = { url: string; effects: string[]; close(): Promise<void> };

const page = (title: string, body: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><body style="font:16px sans-serif">${body}</body>`;
/** says on the page what was clicked */
const says = (word: string): string => `onclick="document.getElementById('said').append('${word} ')"`;

const fields = page(
  'Fields',
  `<p id="said"></p>
  <button id="by-id" ${says('id')}>one</button>
  <button aria-label="Two things" ${says('aria')}>2</button>
  <button data-testid="three" ${says('testid')}>three</button>
  <button data-row="4" data-kind="x" ${says('data')}>four</button><button data-row="4" data-kind="y">not four</button>
  <button class="five" ${says('css')}>five</button>
  <div><button ${says('xpath')}>six</button></div>
  <label for="seven">Seventh field</label><input id="seven" ${says('label')}>
  <button ${says('text')}>Press eight</button><a href="#" role="button">Press eight</a>
  <input placeholder="nine here" ${says('placeholder')}>
  <input name="ten" type="text" ${says('name')}><input name="ten" type="hidden">
  <button style="position:fixed;left:600px;top:300px;width:80px;height:40px" ${says('rect')}>11</button>
  <x-card></x-card>
  <script>customElements.define('x-card', class extends HTMLElement { connectedCallback() {
    this.attachShadow({ mode: 'open' }).innerHTML = '<button>In the shadow</button>';
    this.shadowRoot.querySelector('button').onclick = () => document.getElementById('said').append('shadow ');
  } });</script>`,
);

const frames = page('Frames', '<iframe name="outer" src="/frame-outer" width="600" height="300"></iframe>');
const frameOuter = page('Outer', '<p>outer</p><iframe id="inner" src="/frame-inner"></iframe>');
const frameInner = page('Inner', `<button ${says('inside')}>Inside</button><p id="said"></p>`);

const tabs = page('Tabs', '<a href="/tab" target="_blank">Open the details</a><p>The list</p>');
const tab = page('Details', '<h1>Details of order 7</h1><button onclick="window.close()">Close</button>');

const dialogs = page(
  'Dialogs',
  `<p id="said"></p>
  <button onclick="said.append(confirm('Delete it?') ? 'deleted ' : 'kept ')">Delete</button>
  <button onclick="said.append((prompt('How many?') ?? 'none') + ' ')">Ask</button>
  <button onclick="alert('Saved'); said.append('saved ')">Save</button>`,
);

const forms = page(
  'Forms',
  `<div id="note" contenteditable="true" aria-label="Note">old text</div>
  <label>Day <input type="date" id="day"></label><label>Colour <input type="color" id="colour"></label>
  <label>Level <input type="range" id="level" min="0" max="10" value="1"></label><label>Agree <input type="checkbox" id="agree"></label>
  <label>Size <select id="size"><option value="s">Small</option><option value="l">Large</option></select></label>
  <div role="combobox" id="country" tabindex="0" aria-expanded="false" style="border:1px solid;width:200px">Choose a country</div>
  <ul role="listbox" id="countries" hidden><li role="option">Austria</li><li role="option">Belgium</li></ul>
  <p id="keys"></p><p id="hovered"></p><div id="spot" style="width:90px;height:30px;background:#ddd">spot</div>
  <script>
    country.onclick = () => { countries.hidden = false; };
    countries.onclick = (event) => { country.textContent = event.target.textContent; countries.hidden = true; };
    document.addEventListener('keydown', (event) => { if (event.key === 'F2') keys.textContent = 'F2 pressed'; });
    spot.onmouseenter = () => { hovered.textContent = 'hovered'; };
    spot.ondblclick = () => { hovered.textContent = 'double'; };
  </script>`,
);

const files = page(
  'Files',
  `<a href="/invoice.pdf" download>Invoice</a> <a href="/report.csv">Report</a>
  <input type="file" id="file" onchange="file.files[0].text().then((text) => said.append(file.files[0].name + ': ' + text))">
  <p id="said"></p>`,
);

/** Two orders on each of three pages. */
function list(url: URL): string {
  const number = Number(url.searchParams.get('page') ?? '1');
  const rows = [1, 2].map((n) => ({ id: `A${(number - 1) * 2 + n}`, total: `${((number - 1) * 2 + n) * 10}.50` }));
  const next = number < 3 ? `<a id="next" href="/list?page=${number + 1}">Next</a>` : '';
  const cells = rows.map(({ id, total }) => `<tr class="order"><td>${id}</td><td>${total}</td></tr>`).join('');
  return page(`Orders ${number}`, `<table>${cells}</table>${next}`);
}

const virtual = page(
  'Virtual',
  `<div id="box" style="height:200px;overflow:auto;border:1px solid"><div id="all" style="height:20000px;position:relative"></div></div>
  <script>const draw = () => { const first = Math.floor(box.scrollTop / 20); all.textContent = '';
    for (let i = first; i < first + 12; i += 1) { const row = document.createElement('button'); row.textContent = 'Row ' + i;
      row.style.cssText = 'position:absolute;height:20px;top:' + i * 20 + 'px'; row.onclick = () => { document.title = 'clicked ' + row.textContent; }; all.append(row); } };
    box.onscroll = draw; draw();</script>`,
);

const trouble = page(
  'Trouble',
  `<button>Sign in</button><button class="twin">Twin</button><button class="twin">Twin</button>
  <button id="off" disabled>Off</button><p id="order">order 12</p>
  <div id="churn"></div><script>
    if (location.search === '?changes') setTimeout(() => { document.body.append(document.createElement('section')); }, 700);

  </script>`,
);

const pages: Record<string, (url: URL) => string> = {
  ...{ '/fields': () => fields, '/frames': () => frames, '/frame-outer': () => frameOuter, '/frame-inner': () => frameInner },
  ...{ '/tabs': () => tabs, '/tab': () => tab, '/dialogs': () => dialogs, '/forms': () => forms, '/files': () => files },
  ...{ '/list': list, '/virtual': () => virtual, '/trouble': () => trouble },
};

const downloads: Record<string, { type: string; body: string }> = {
  '/invoice.pdf': { type: 'application/pdf', body: '%PDF-1.4 invoice' },
  '/report.csv': { type: 'text/csv', body: 'id,total\r\nA1,10\r\n' },
};

export async function startCorpusSite(): Promise<CorpusSite> {
  const effects: string[] = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    const file = downloads[url.pathname];
    if (url.pathname === '/never') return;
    if (url.pathname === '/effect') effects.push(url.search.slice(1));
    if (file) {
      response.writeHead(200, { 'content-type': file.type, 'content-disposition': `attachment; filename="${url.pathname.slice(1)}"` });
      response.end(file.body);
      return;
    }
    const html = pages[url.pathname]?.(url);
    response.writeHead(html ? 200 : 404, { 'content-type': 'text/html' }).end(html ?? page('Not found', 'not found'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
