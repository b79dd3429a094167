import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { SERVICES } from '../../src/services/index.ts';
import { listTool, wholeSchemasOf } from '../../src/toolset/tool-schema.ts';

const TOOLS = [...SERVICES.values()].flatMap((service) => service.tools.map((tool) => ({ service, tool })));
const TARGETS = ['one', 'two/part'];

test('there are tools, and no two share a name', () => {
  const names = TOOLS.map(({ tool }) => tool.name);
  expect(names.length).toBeGreaterThan(25);
  // Two services may share a tool, not a name.
  expect(new Set(names).size).toBe(new Set(TOOLS.map(({ tool }) => tool)).size);
});

test('services share no type, and a prefix only with the tools that have it', () => {
  const withTools = [...SERVICES.values()].filter(({ tools }) => tools.length > 0);
  for (const { prefix } of withTools) {
    const [first, ...others] = withTools.filter((service) => service.prefix === prefix);
    for (const other of others) expect(other.tools).toEqual(first?.tools);
  }
  for (const [type, service] of SERVICES) expect(service.type).toBe(type);
});

describe.each(TOOLS.map(({ service, tool }) => [tool.name, service, tool] as const))(
  '%s',
  (name, service, tool) => {
    const listed = listTool(tool, TARGETS);
    const { shape } = tool.params as z.ZodObject;

    test('is named after its service', () => {
      expect(name).toMatch(/^[a-z0-9_]{1,48}$/);
      expect(name.startsWith(`${service.prefix}_`)).toBe(true);
    });

    test('says what it does, in few words', () => {
      expect(tool.title.length).toBeGreaterThan(2);
      expect(tool.description.length).toBeGreaterThan(15);
      expect(tool.description.length).toBeLessThanOrEqual(400);
    });

    test('takes a strict object without a target of its own', () => {
      expect(shape).not.toHaveProperty('target');
      expect(tool.params.safeParse({ an_argument_nobody_has: 1 }).success).toBe(false);
      expect(listed.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    });

    test('has schemas with an object at the root and nothing that clients stumble over', () => {
      for (const schema of [listed.inputSchema, listed.outputSchema]) {
        expect(schema.type).toBe('object');
        for (const word of ['$ref', 'anyOf', 'oneOf', 'allOf', 'not'])
          expect(schema).not.toHaveProperty(word);
      }
    });

    test('names a list of its output, if it names one, and can say that it was cut', () => {
      if (tool.list === undefined) return;
      expect(listed.outputSchema.properties).toMatchObject({
        [tool.list]: { type: 'array' },
        truncated: { type: 'boolean' },
        hint: { type: 'string' },
      });
      expect(listed.outputSchema.required ?? []).not.toContain('hint');
    });

    test('tells a client truly whether it writes', () => {
      const onlyReads = tool.access === 'read' && tool.relays === undefined;
      expect(listed.annotations.readOnlyHint).toBe(onlyReads);
      expect(onlyReads && listed.annotations.destructiveHint === true).toBe(false);
    });

    test('if it writes, has a way back or says why there is none', () => {
      if (tool.access === 'read') {
        expect(tool.effect).toBeUndefined();
        return;
      }
      expect(tool.scope).toBeTypeOf('function');
      if (tool.effect.irreversible !== undefined) expect(tool.effect.irreversible.length).toBeGreaterThan(10);
      else {
        expect(tool.effect.capture).toBeTypeOf('function');
        expect(tool.effect.revert).toBeTypeOf('function');
        expect(tool.effect.way.length).toBeGreaterThan(10);
        expect(tool.effect.isBack ?? tool.effect.unverifiable).toBeDefined();
      }
    });

    test('declares templates only for arguments that it has', () => {
      for (const field of Object.keys(tool.templated ?? {})) expect(shape).toHaveProperty(field);
    });

    test('is advertised as the snapshot has it', async () => {
      const advertised = { ...listed, whole: wholeSchemasOf(tool) };
      await expect(`${JSON.stringify(advertised, null, 2)}\n`).toMatchFileSnapshot(
        `__snapshots__/${name}.schema`,
      );
    });
  },
);

const CONFIGURATION = [...SERVICES.values()].flatMap(({ type, tools, configuration = [] }) =>
  configuration.map((read) => ({ type, tools, read })),
);

describe.each(CONFIGURATION)(
  'the configuration that versions keep of $type, by $read.tool',
  ({ tools, read }) => {
    const tool = tools.find(({ name }) => name === read.tool);
    const properties = (schema: unknown): Readonly<Record<string, unknown>> =>
      (schema as { properties?: Record<string, unknown> } | undefined)?.properties ?? {};

    test('is read by a reading tool, with arguments that it takes', () => {
      expect(tool?.access).toBe('read');
      expect(tool?.params.safeParse(read.args ?? {}).success).toBe(true);
    });

    test('names fields that the tool gives', () => {
      const output = properties(tool && wholeSchemasOf(tool).output);
      const list =
        read.list === undefined ? undefined : (output[read.list] as { items?: unknown } | undefined);
      const item = read.list === undefined ? output : properties(list?.items);
      expect(Object.keys(item)).toEqual(expect.arrayContaining([...(read.key ?? []), ...read.fields]));
      expect(read.list === undefined).toBe(read.key === undefined);
    });
  },
);
