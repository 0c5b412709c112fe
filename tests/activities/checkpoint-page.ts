/** What a person and a site leave in a page and its storages, and how a test sees it again. These functions run in the page `account`. */

export async function leaveTraces(secret: string): Promise<void> {
  const input = document.querySelectorAll.bind(document);
  const type = (selector: string, value: string): void => {
    for (const element of input(selector)) (element as HTMLInputElement).value = value;
  };
  localStorage.setItem('theme', 'dark');
  sessionStorage.setItem('cart', '3 things');
  await new Promise<void>((resolve, reject) => {
    const open = indexedDB.open('orders', 2);
    open.onupgradeneeded = () => open.result.createObjectStore('items', { keyPath: 'id' });
    open.onerror = () => reject(new Error('no database'));
    open.onsuccess = () => {
      const write = open.result.transaction('items', 'readwrite');
      write.objectStore('items').put({ id: 1, at: new Date(86_400_000), bytes: new Uint8Array([1, 2]) });
      write.oncomplete = () => (open.result.close(), resolve());
    };
  });
  type('#name', 'Ada');
  type('[name=unnamed]', 'by position');
  type('#secret', secret);
  type('#note', 'two\nlines');
  type('#built', 'late');
  type('#size', 'l');
  for (const option of (document.querySelector('#many') as HTMLSelectElement).options) option.selected = option.value !== 'b';
  for (const id of ['#news', '#terms', '#cash']) (document.querySelector(id) as HTMLElement).click();
  (document.querySelector('#rich') as HTMLElement).innerHTML = '<b>bold</b> words';
  (document.querySelector('#shadow')?.shadowRoot?.querySelector('#inner') as HTMLInputElement).value = 'in the shadow';
  (document.querySelector('iframe')?.contentDocument?.querySelector('#user') as HTMLInputElement).value = 'in the frame';
  document.querySelector('#box')?.scrollTo(0, 300);
  scrollTo(0, 777);
  (document.querySelector('#note') as HTMLElement).focus({ preventScroll: true });
}

export async function readTraces() {
  const at = (selector: string, root: ParentNode | null | undefined = document) => root?.querySelector<HTMLInputElement>(selector);
  const values = (...selectors: string[]) => selectors.map((selector) => at(selector)?.value);
  const item = await new Promise<{ at: Date; bytes: Uint8Array } | undefined>((resolve) => {
    const open = indexedDB.open('orders', 2);
    // an empty database would be made anew
    open.onupgradeneeded = () => open.result.createObjectStore('items', { keyPath: 'id' });
    open.onsuccess = () => {
      const get = open.result.transaction('items').objectStore('items').get(1);
      get.onsuccess = () => (open.result.close(), resolve(get.result as { at: Date; bytes: Uint8Array } | undefined));
    };
  });
  return {
    path: location.pathname,
    local: localStorage.getItem('theme'),
    session: sessionStorage.getItem('cart'),
    item: item && [item.at instanceof Date && item.at.getTime(), item.bytes instanceof Uint8Array && item.bytes.length],
    fields: values('#name', '[name=unnamed]', '#secret', '#note', '#built', '#size'),
    many: [...(document.querySelector('#many') as HTMLSelectElement).selectedOptions].map((option) => option.value),
    boxes: ['#news', '#terms', '#card', '#cash'].map((selector) => at(selector)?.checked),
    rich: at('#rich')?.innerHTML,
    shadow: at('#inner', at('#shadow')?.shadowRoot)?.value,
    frame: at('#user', (document.querySelector('iframe') as HTMLIFrameElement).contentDocument)?.value,
    scroll: [scrollY, at('#box')?.scrollTop],
    focus: document.activeElement?.id,
  };
}
