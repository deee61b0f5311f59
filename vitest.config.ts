import { defineConfig } from 'vitest/config';

// Unit tests are *.test.ts; *.e2e.ts need a Synapse and are added by test/run.ts when there is one.
export default defineConfig({
  test: {
    include: process.env['E2E'] === '1' ? ['test/**/*.e2e.ts'] : ['test/**/*.test.ts'],
    testTimeout: process.env['E2E'] === '1' ? 120_000 : 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    fileParallelism: process.env['E2E'] !== '1',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
});
