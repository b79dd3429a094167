import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { run } from '../cli/run.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8'));
const [entry, own, schema] = ['server.json', 'package.json', 'test/fixtures/schemas/server.schema.json'].map(
  read,
);
// Formats are checked below where they matter: ajv without further packages knows none.
const isValid = new Ajv({ strict: false, validateFormats: false }).compile(schema);

describe('server.json', () => {
  test('holds by the schema that the MCP registry publishes', () => {
    expect(isValid(entry), JSON.stringify(isValid.errors)).toBe(true);
    expect(entry.$schema).toBe(schema.$id);
  });

  test.each([
    ['a name without its namespace', { name: 'stackward' }],
    ['a description that is too long', { description: 'x'.repeat(101) }],
    ['a package without a transport', { packages: [{ registryType: 'npm', identifier: 'stackward' }] }],
  ])('the schema refuses %s', (_what, change) => {
    expect(isValid({ ...entry, ...change })).toBe(false);
  });

  test('is in step with package.json', () => {
    expect([entry.version, entry.packages[0].version, entry.packages[0].identifier, entry.name]).toEqual([
      own.version,
      own.version,
      own.name,
      own.mcpName,
    ]);
  });

  test('has arguments that the command line knows', async () => {
    const [{ packageArguments }] = entry.packages;
    const [command, ...options] = packageArguments;
    const { out } = await run([command.value, '--help']);
    for (const { name } of options) expect(out).toMatch(new RegExp(`${name}\\b`));
  });
});
