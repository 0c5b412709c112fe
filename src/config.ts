/** The environment, parsed once. The composition roots call `loadConfig` and hand out the parts; nothing else reads process.env. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { PlanName } from './contract/system.ts';

const Port = z.coerce.number().int().min(0).max(65_535);
const names = z
  .string()
  .default('')
  .transform((s) =>
    s
      .split(',')
      .map((n) => n.trim())
      .filter(Boolean),
  );

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: Port.default(3000),
  UNDERSTUDY_HOME: z.string().default('.understudy'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  DATABASE_URL: z.string().default('postgres://127.0.0.1:5432/understudy'),
  UNDERSTUDY_BROWSERS: z.coerce.number().int().min(1).max(100).default(4),
  /** seconds that a job which waits for a person keeps its browser; then the page is kept as a checkpoint and the browser goes to another job */
  UNDERSTUDY_PARK_AFTER: z.coerce.number().min(0).max(86_400).default(120),
  /** what the installation may do; video needs business */
  UNDERSTUDY_PLAN: PlanName.default('business'),
  UNDERSTUDY_CHROMIUM: z.string().nullable().default(null),
  UNDERSTUDY_ENV_ALLOW: names,
  /** the folder whose files runbooks may upload by name; default `<home>/files` */
  UNDERSTUDY_FILES: z.string().optional(),
  /** 64 hex digits; when unset, the roots read (or make, mode 0600) `<home>/key` */
  UNDERSTUDY_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits (32 bytes)')
    .nullable()
    .default(null),
  /** where people find the console, for links out of Temporal; also an allowed Host and Origin */
  UNDERSTUDY_URL: z.url().nullable().default(null),
  TEMPORAL_UI_URL: z.url().nullable().default(null),
  /** isolates installations that share a Temporal server */
  UNDERSTUDY_QUEUE_PREFIX: z
    .string()
    .regex(/^[\w.-]*$/)
    .default(''),
  /** stable name of this machine's browser host */
  UNDERSTUDY_HOST_NAME: z
    .string()
    .regex(/^[\w.-]{1,60}$/)
    .default('local'),
  /** the browser host's socket; default `<home>/host.sock` */
  UNDERSTUDY_HOST_SOCKET: z.string().optional(),
  /** host:port pairs that no job's browser may reach, beside the api, Temporal, its Web UI and Postgres */
  UNDERSTUDY_PROTECTED: names,
  /** "off" only where the sandbox is impossible; the console says so */
  UNDERSTUDY_SANDBOX: z.enum(['on', 'off']).default('on'),
  UNDERSTUDY_PRACTICE_URL: z.url().nullable().default(null),
  /** of the practice site; default: PORT when it is given, else any free one */
  PRACTICE_PORT: Port.optional(),
  UNDERSTUDY_WORKFLOW_BUNDLE: z.string().default('dist/workflow-bundle.js'),
  UNDERSTUDY_WEB: z.string().default('dist/web'),
  /** the built module that writes reports as HTML */
  UNDERSTUDY_REPORT: z.string().default('dist/report/render.js'),
  PATH: z.string().default(''),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Config = ReturnType<typeof loadConfig>;

const pick = (env: NodeJS.ProcessEnv, allowed: readonly string[]): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(allowed.map((name) => [name, env[name]]));

/** @throws Error that names every variable with a wrong value */
export function loadConfig(env: NodeJS.ProcessEnv = process.env) {
  const present = Object.fromEntries(Object.entries(env).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) throw new Error(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'));
  const e = parsed.data;
  const home = resolve(e.UNDERSTUDY_HOME);
  return {
    host: e.HOST,
    port: e.PORT,
    home,
    temporal: {
      address: e.TEMPORAL_ADDRESS,
      namespace: e.TEMPORAL_NAMESPACE,
      uiUrl: e.TEMPORAL_UI_URL,
      queuePrefix: e.UNDERSTUDY_QUEUE_PREFIX,
      bundle: resolve(e.UNDERSTUDY_WORKFLOW_BUNDLE),
    },
    databaseUrl: e.DATABASE_URL,
    browsers: {
      slots: e.UNDERSTUDY_BROWSERS,
      chromium: e.UNDERSTUDY_CHROMIUM,
      sandbox: e.UNDERSTUDY_SANDBOX === 'on',
      hostName: e.UNDERSTUDY_HOST_NAME,
      socket: socketPath(e.UNDERSTUDY_HOST_SOCKET ?? resolve(home, 'host.sock')),
      /** where programs are looked for */
      searchPath: e.PATH,
    },
    plan: e.UNDERSTUDY_PLAN,
    parkAfterMs: e.UNDERSTUDY_PARK_AFTER * 1_000,
    protectedAddresses: e.UNDERSTUDY_PROTECTED,
    envAllow: e.UNDERSTUDY_ENV_ALLOW,
    /** the variables that runbooks may read, as far as they are set */
    env: pick(env, e.UNDERSTUDY_ENV_ALLOW),
    key: e.UNDERSTUDY_KEY,
    publicUrl: e.UNDERSTUDY_URL,
    practiceUrl: e.UNDERSTUDY_PRACTICE_URL,
    practicePort: e.PRACTICE_PORT ?? (present['PORT'] === undefined ? 0 : e.PORT),
    web: resolve(e.UNDERSTUDY_WEB),
    reportRenderer: resolve(e.UNDERSTUDY_REPORT),
    artifacts: resolve(home, 'artifacts'),
    files: resolve(e.UNDERSTUDY_FILES ?? resolve(home, 'files')),
    logLevel: e.LOG_LEVEL,
  };
}

/** What every system takes. Longer ones are cut off by some, and said to be in use by others. */
const longestSocketPath = 103;

function socketPath(path: string): string {
  const bytes = Buffer.byteLength(path);
  if (bytes <= longestSocketPath) return path;
  const remedy = 'choose a shorter UNDERSTUDY_HOME, or set UNDERSTUDY_HOST_SOCKET to a short path in a folder that only you can write';
  throw new Error(`UNDERSTUDY_HOME: ${path} is too long for a socket (${bytes} bytes, at most ${longestSocketPath}); ${remedy}`);
}
