import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './backends/postgres.ts';
import { startPrometheus } from './backends/prometheus.ts';
import { startRedis } from './backends/redis.ts';
import { ensureProgram, PROGRAMS } from './install.ts';

/** Real servers, each started once for a whole test run on a free port and a temporary folder. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's way in; a test makes its own databases and roles. */
    postgres: { port: number; user: string; password: string };
    /** Absent where redis-server cannot be had. Every test file uses its own key prefix. */
    redis: { port: number; password: string } | undefined;
    /** Absent where prometheus cannot be had. It scrapes a small exporter of the harness. */
    prometheus: { port: number } | undefined;
  }
}

export default async function setup(project: TestProject) {
  // One after the other: two installations at once would wait for each other's lock.
  for (const program of PROGRAMS) ensureProgram(program);
  const started = await Promise.allSettled([startPostgres(), startRedis(), startPrometheus()] as const);
  const stop = () =>
    Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value?.stop() : undefined)));
  const [postgres, redis, prometheus] = started;
  if (postgres.status === 'rejected' || redis.status === 'rejected' || prometheus.status === 'rejected') {
    await stop();
    throw started.find((one) => one.status === 'rejected')?.reason;
  }
  project.provide('postgres', postgres.value.access);
  project.provide('redis', redis.value?.access);
  project.provide('prometheus', prometheus.value?.access);
  return stop;
}
