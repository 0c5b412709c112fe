/** The practice site as a process of its own. */
import type { AddressInfo } from 'node:net';
import { createPracticeSite } from '../examples/practice-site/server.ts';
import { loadConfig } from './config.ts';
import { createLog } from './log.ts';

const config = loadConfig();
const log = createLog('practice', config.logLevel);
const site = createPracticeSite();

site.on('error', (error) => {
  log.error({ err: error }, 'practice site cannot listen');
  process.exitCode = 1;
});
site.listen(config.practicePort, '127.0.0.1', () => {
  log.info(`practice site on http://127.0.0.1:${(site.address() as AddressInfo).port}`);
});

const stop = (): void => {
  site.close();
  site.closeAllConnections();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
