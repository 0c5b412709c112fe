/**
 * Signs a browser context in at the proxy, once. Chromium then sends the credentials by itself on every connection of the context, WebSockets and workers
 * included. Playwright's own `proxy.username` would intercept every request for as long as the page lives, and switch the HTTP cache off.
 */
import type { Page } from 'playwright';
import { signInUrl } from './proxy.ts';

/** @param page any page of the context, not yet used */
export async function signIn(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId }) => void session.send('Fetch.continueRequest', { requestId }).catch(() => undefined));
  session.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
    const mine = authChallenge.source === 'Proxy';
    const authChallengeResponse = mine
      ? { response: 'ProvideCredentials' as const, username, password }
      : { response: 'CancelAuth' as const };
    session.send('Fetch.continueWithAuth', { requestId, authChallengeResponse }).catch(() => undefined);
  });
  await session.send('Fetch.enable', { handleAuthRequests: true });
  await page.evaluate((url) => fetch(url, { mode: 'no-cors' }).then(() => undefined), signInUrl);
  await session.send('Fetch.disable');
  await session.detach();
}
