import { describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/all.ts';
import { longestFitting, MODEL_LIMITS } from '../../src/clients/limits.ts';
import { INSTRUCTIONS } from '../../src/server/identity.ts';
import { SERVICES } from '../../src/services/index.ts';
import type { AnyTool } from '../../src/toolset/define.ts';
import { DIRECTORY_LIMIT, directory } from '../../src/toolset/directory.ts';
import { listTool } from '../../src/toolset/tool-schema.ts';

const TOOLS: readonly AnyTool[] = [
  ...new Set([...SERVICES.values(), directory].flatMap((service) => service.tools)),
];
const LISTED = TOOLS.map((tool) => listTool(tool, ['one', 'two/part']));
const CLIENT_LIST = Object.values(CLIENTS);

test('there are tools to hold to it', () => {
  expect(LISTED.length).toBeGreaterThan(100);
});

describe.each(LISTED)('$name', ({ name, description, inputSchema, outputSchema }) => {
  test('has a name that every client takes, with what it puts before it', () => {
    expect(name).toMatch(MODEL_LIMITS.name);
    for (const { id, limits } of CLIENT_LIST)
      expect(`${limits.name.prefix('stackward')}${name}`.length, id).toBeLessThanOrEqual(limits.name.value);
  });

  test('has objects for schemas, with nothing at their roots that a model refuses', () => {
    for (const schema of [inputSchema, outputSchema]) {
      expect(schema.type).toBe('object');
      expect(MODEL_LIMITS.notAtRoot.filter((keyword) => keyword in schema)).toEqual([]);
    }
  });

  test('has parameters whose names every model takes', () => {
    const names = namesIn(inputSchema);
    expect(names.filter((one) => !MODEL_LIMITS.parameter.test(one))).toEqual([]);
  });

  test('has a description that no client cuts', () => {
    for (const { id, limits } of CLIENT_LIST)
      if (limits.description)
        expect(Buffer.byteLength(description), id).toBeLessThanOrEqual(limits.description.value);
  });
});

/** The names of every property of a schema, at any depth. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(namesIn);
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(Object(value)) : []),
    ...namesIn(value),
  ]);
}

test('the instructions are not cut either', () => {
  for (const { limits } of CLIENT_LIST)
    if (limits.description)
      expect(Buffer.byteLength(INSTRUCTIONS)).toBeLessThanOrEqual(limits.description.value);
});

test('a result fits where a client bounds its bytes, though it is sent as text and as structure', () => {
  const most = Math.max(...[...SERVICES.values()].map(({ limits }) => limits.bytes));
  for (const { limits } of CLIENT_LIST)
    if (limits.resultBytes) expect(2 * most).toBeLessThanOrEqual(limits.resultBytes.value);
});

test('no client takes fewer tools than the directory has', () => {
  for (const { limits } of CLIENT_LIST)
    if (limits.tools) expect(limits.tools.value).toBeGreaterThanOrEqual(directory.tools.length);
  expect(CLIENTS.vscode.limits.tools?.value).toBeGreaterThanOrEqual(DIRECTORY_LIMIT);
});

test('the longest name of a server is what leaves room for the tool', () => {
  expect(longestFitting(CLIENTS['claude-code'].limits, 'x'.repeat(48))).toBe(9);
  expect(longestFitting(CLIENTS.cursor.limits, 'x'.repeat(48))).toBe(11);
  // VS Code shortens what stands before, so that any name fits.
  expect(longestFitting(CLIENTS.vscode.limits, 'x'.repeat(46))).toBe(64);
});
