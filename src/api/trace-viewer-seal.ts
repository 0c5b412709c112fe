/**
 * What stands before the viewer's own service worker, which makes documents out of what pages have left in a trace. It decides what may become a document at
 * all: snapshots (no script of theirs runs: the viewer's own policy has a nonce for its script, ours adds that nothing leaves the frame), and files only as
 * something to save. Text, because it runs in the browser.
 */
const policyOfSnapshots = [
  'sandbox allow-scripts allow-same-origin',
  "default-src 'none'",
  // the viewer's own policy stands beside this one and allows its one script only
  "script-src 'unsafe-inline'",
  "style-src * data: blob: 'unsafe-inline'",
  'img-src * data: blob:',
  'font-src * data: blob:',
  'media-src * data: blob:',
  "frame-src 'self' data:",
  "form-action 'none'",
].join('; ');

const policyOfFiles = "sandbox; default-src 'none'";

export const serviceWorkerSeal = `(() => {
  const scope = new URL(self.registration.scope).pathname;
  const listen = self.addEventListener.bind(self);
  const rewrite = (response, change) => {
    if (response.type === 'error') return response;
    const headers = new Headers(response.headers);
    change(headers);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  };
  const asSnapshot = (response) => rewrite(response, (headers) => {
    headers.append('Content-Security-Policy', ${JSON.stringify(policyOfSnapshots)});
    headers.set('X-DNS-Prefetch-Control', 'off');
  });
  const asFile = (response) => rewrite(response, (headers) => {
    headers.set('Content-Security-Policy', ${JSON.stringify(policyOfFiles)});
    headers.set('X-Content-Type-Options', 'nosniff');
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/octet-stream');
    if (!headers.has('Content-Disposition')) headers.set('Content-Disposition', 'attachment');
  });
  const nothing = () => new Response('There is no such page in the trace viewer.', {
    status: 404,
    headers: { 'Content-Type': 'text/plain', 'X-Content-Type-Options': 'nosniff' },
  });
  const seal = (event) => {
    const { pathname, origin } = new URL(event.request.url);
    const path = origin === location.origin && pathname.startsWith(scope) ? pathname.slice(scope.length) : undefined;
    if (path?.startsWith('file/')) return asFile;
    if (event.request.mode !== 'navigate' || path === 'index.html' || path === 'snapshot.html') return (response) => response;
    return path?.startsWith('snapshot/') ? asSnapshot : nothing;
  };
  self.addEventListener = (type, listener, options) => listen(type, type !== 'fetch' ? listener : (event) => {
    const change = seal(event);
    event.respondWith = (response) => FetchEvent.prototype.respondWith.call(event, Promise.resolve(response).then(change));
    listener.call(self, event);
  }, options);
})();
`;
