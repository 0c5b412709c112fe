/** What runs in the pages: the invoice search and the stock list come late, as they do in real applications. */
export const script = `
const busy = (box, text) => {
  box.setAttribute('aria-busy', 'true');
  box.replaceChildren(Object.assign(document.createElement('p'), { className: 'busy', textContent: text }));
};
const show = (box, content) => {
  box.innerHTML = content;
  box.setAttribute('aria-busy', 'false');
};
const load = async (box, address, text) => {
  busy(box, text);
  try {
    const answer = await fetch(address);
    if (answer.redirected) return location.assign('/login');
    show(box, await answer.text());
  } catch {
    show(box, '<p class="alert" role="alert">The harbour does not answer. Try again.</p>');
  }
};

const search = document.querySelector('#invoice-search');
if (search) {
  const results = document.querySelector('#results');
  const find = () => load(results, '/invoices/results?q=' + encodeURIComponent(search.elements.q.value), 'Searching the ledger…');
  search.addEventListener('submit', (event) => {
    event.preventDefault();
    const query = search.elements.q.value;
    history.replaceState(null, '', query ? '/invoices?q=' + encodeURIComponent(query) : '/invoices');
    find();
  });
  if (search.elements.q.value) find();
}

const stock = document.querySelector('#stock');
if (stock) load(stock, '/stock/list', 'Asking the warehouse…');
`;
