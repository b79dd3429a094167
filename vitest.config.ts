import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/backends.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Polling ends as soon as it holds; how long that takes is the machine's business.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/harness/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
