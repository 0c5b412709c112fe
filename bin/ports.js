import { createServer } from 'node:net';

/**
 * @param {number} port 0 lets the system choose
 * @param {string} [host]
 * @returns {Promise<number | null>} the port when it is free, else null
 */
export function tryPort(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}

/**
 * The first free port: of the preferred ones in their order, then counting up from the last of them.
 * @param {number[]} preferred
 * @param {Set<number>} [taken] ports promised to another part; the chosen one is added
 * @returns {Promise<number>}
 */
export async function freePort(preferred, taken = new Set()) {
  const last = preferred.at(-1) ?? 0;
  const candidates = last === 0 ? [0] : [...preferred, ...Array.from({ length: 50 }, (_, i) => last + 1 + i), 0];
  for (const candidate of candidates) {
    if (taken.has(candidate)) continue;
    const port = await tryPort(candidate);
    if (port === null || taken.has(port)) continue;
    taken.add(port);
    return port;
  }
  throw new Error(`no free port near ${last} on 127.0.0.1`);
}
