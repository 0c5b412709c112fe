/** The browser host's process. It outlives the workers; killed with SIGTERM it ends its browsers and keeps their ledgers. */
import { join } from 'node:path';
import { loadConfig, type Config } from './config.ts';
import { startHost } from './host/server.ts';
import { socketFolder } from './host/socket-folder.ts';
import { createLog } from './log.ts';
import { createVault, readKey } from './vault/vault.ts';

const config = loadConfig();
const log = createLog('host', config.logLevel);
const { browsers } = config;

// how Playwright is told where to make sockets
process.env['PWTEST_SOCKETS_DIR'] = socketFolder(join(config.home, 'host'));
const host = await startHost({
  socket: browsers.socket,
  dir: join(config.home, 'host'),
  name: browsers.hostName,
  slots: browsers.slots,
  chromium: browsers.chromium,
  searchPath: browsers.searchPath,
  sandbox: browsers.sandbox,
  vault: createVault(readKey(config.key, join(config.home, 'key'))),
  protectedAddresses: protectedAddresses(config),
  log,
});
log.info({ socket: browsers.socket, slots: browsers.slots, sandbox: browsers.sandbox }, 'host ready');

let ending = false;
const end = async (signal: string): Promise<void> => {
  if (ending) return;
  ending = true;
  log.info({ signal }, 'host ends');
  // whatever hangs: a browser ends when the host does
  setTimeout(() => process.exit(0), 2800).unref();
  await host.close();
  process.exit(0);
};
process.on('SIGTERM', (signal) => void end(signal));
process.on('SIGINT', (signal) => void end(signal));

/** Our own services: a page that a job visits must not be able to approve its own job. */
function protectedAddresses({ host: apiHost, port, temporal, databaseUrl, publicUrl, protectedAddresses: others }: Config): string[] {
  const urls = [temporal.uiUrl, databaseUrl, publicUrl].filter((url) => url !== null).map(addressOf);
  return [`${apiHost}:${port}`, temporal.address, ...urls, ...others];
}

const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443', 'postgres:': '5432', 'postgresql:': '5432' };

function addressOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || defaultPorts[protocol] || '80'}`;
}
