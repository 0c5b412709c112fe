/**
 * The tree is the architecture: who may import whom, as values. `import type` is free, since it is gone when the code runs.
 * Rules are about direct edges; what really gets into the workflow bundle is looked at by tests/architecture.
 */
const PROJECT = '^(src|web|temporal|examples|bin|tests|bench)/';

/**
 * @param {string} folder
 * @param {string[]} allowed path patterns, below src
 * @param {string} why
 */
const mayImport = (folder, allowed, why) => ({
  name: `${folder.replaceAll('/', '-')}-imports`,
  comment: why,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: PROJECT, pathNot: [folder + '/', ...allowed].map((path) => `^src/${path}`), dependencyTypesNot: ['type-only'] },
});

/**
 * @param {string} name
 * @param {{ packages: string, in: string[], why: string }} rule
 */
const packageOnlyIn = (name, { packages, in: folders, why }) => ({
  name,
  comment: why,
  severity: 'error',
  from: { path: '^(src|web|temporal)/', pathNot: folders },
  to: { path: `node_modules/(${packages})/`, dependencyTypesNot: ['type-only'] },
});

const ROOTS = '^src/[a-z-]+\\.main\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    mayImport('contract', [], 'What may be said depends on nothing.'),
    mayImport('language', ['contract/', 'domain/'], 'From YAML to a runbook: it knows what may be said, and what a template refers to.'),
    mayImport(
      'recording',
      ['contract/'],
      'From a recording of Chrome DevTools to the YAML of a runbook: what is right in YAML only the language says.',
    ),
    mayImport('domain', [], 'What follows from it is pure; of the contract it takes types.'),
    mayImport('workflows', ['domain/'], 'Workflow code is replayed: only pure code gets in.'),
    mayImport(
      'activities',
      ['contract/', 'domain/', 'host/(client|protocol|host-error)', 'db/', 'artifacts/', 'vault/'],
      'Of the browser host, activities know its client.',
    ),
    mayImport('host', ['contract/', 'domain/', 'artifacts/', 'vault/'], 'The browser host knows no Temporal and no database.'),
    mayImport('artifacts', ['contract/', 'domain/'], 'The store knows nothing of who uses it.'),
    mayImport('vault', ['contract/', 'domain/'], 'The vault knows nothing of who uses it.'),
    mayImport('db', ['contract/', 'domain/'], 'Tables and queries.'),
    mayImport(
      'api',
      [
        'contract/',
        'domain/',
        'language/',
        // what people send may be a recording: it becomes a runbook at the edge
        'recording/',
        'db/',
        'artifacts/',
        'vault/',
        'host/(client|protocol|host-error)',
        'workflows/messages',
        'workflows/payload-converter',
        'log\\.ts',
        'temporal-connection',
      ],
      'The API talks to workflows by messages and to the host by its client.',
    ),
    mayImport(
      'cli',
      ['contract/', 'domain/', 'language/', 'recording/'],
      'The command talks to a server by its HTTP API, and reads runbooks as the server does.',
    ),
    {
      name: 'web-imports',
      comment: 'The dashboard shares the contract and the reducer, nothing else.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: PROJECT, pathNot: ['^web/', '^src/(contract|domain)/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-not-to-tests',
      severity: 'error',
      from: { path: '^(src|web|temporal|bin|examples)/' },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'nobody-imports-a-root',
      comment: 'A root runs when it is imported.',
      severity: 'error',
      from: {},
      to: { path: ROOTS },
    },
    {
      name: 'domain-no-packages',
      comment: 'The domain imports no package at all.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflow-packages',
      comment: 'No zod in workflows: it would double the bundle, and its upgrade could change parsing under a running history.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/@temporalio/(workflow|common)/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'workflows-no-node', severity: 'error', from: { path: '^src/workflows/' }, to: { dependencyTypes: ['core'] } },
    packageOnlyIn('playwright-only-in', {
      packages: 'playwright|playwright-core',
      in: ['^src/(activities|host)/'],
      why: 'Playwright is for activities and the browser host.',
    }),
    packageOnlyIn('temporal-worker-only-in', {
      packages: '@temporalio/worker',
      in: [ROOTS, '^temporal/', '^src/temporal-(connection|logger)\\.ts$'],
      why: 'Workers are made by the roots.',
    }),
    packageOnlyIn('express-only-in', { packages: 'express|helmet|better-sse', in: ['^src/api/', ROOTS], why: 'HTTP is the API.' }),
    packageOnlyIn('pg-only-in', { packages: 'pg|drizzle-orm', in: ['^src/db/', ROOTS], why: 'SQL is in src/db.' }),
    packageOnlyIn('replay-only-in', {
      packages: '@puppeteer/replay',
      in: ['^src/recording/'],
      why: 'Recordings are read in one place.',
    }),
    packageOnlyIn('commander-only-in', {
      packages: 'commander|eventsource-parser',
      in: ['^src/cli/'],
      why: 'The command line is in src/cli.',
    }),
    packageOnlyIn('vue-only-in', { packages: 'vue|vue-router|@nuxt/ui|@vueuse/core', in: ['^web/'], why: 'Vue is the dashboard.' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.vue', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
