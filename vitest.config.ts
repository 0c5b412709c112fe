import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const isCi = process.env['CI'] !== undefined;

export default defineConfig({
  test: {
    // Temporal's native module crashes in worker threads
    pool: 'forks',
    // three on two cores were slower (797 s beside 638)
    maxWorkers: 2,
    restoreMocks: true,
    allowOnly: !isCi,
    projects: [
      {
        extends: true,
        plugins: [vue()],
        // pure: one import for all files
        test: { name: 'unit', isolate: false, include: ['tests/{contract,domain,language,recording,report,web}/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/{contract,domain,language,recording,report,web}/**'],
          globalSetup: ['tests/support/services.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
