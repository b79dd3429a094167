import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { isList, isObject } from '../guard/place.ts';
import { readable } from '../resolve.ts';
import { complete, completeness, tool } from '../tool.ts';
import { Collection } from './params.ts';

const MOST_LEVELS = 8;
/** Names of Extended JSON's forms to the names of BSON's types. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    $oid: 'objectId',
    $date: 'date',
    $numberLong: 'long',
    $numberDouble: 'double',
    $numberDecimal: 'decimal',
    $uuid: 'uuid',
    $binary: 'binData',
    $regularExpression: 'regex',
    $timestamp: 'timestamp',
    $minKey: 'minKey',
    $maxKey: 'maxKey',
    $code: 'javascript',
    $symbol: 'symbol',
    $undefined: 'undefined',
    $ref: 'dbRef',
  }),
);

export const schemaSample = tool({
  name: 'mongo_schema_sample',
  access: 'read',
  reach: 'sub',
  title: 'Sample the schema',
  description:
    'Fields of a random sample of documents with their types and how many documents have them; no values.',
  params: z.strictObject({
    collection: Collection,
    sample: z.number().int().min(1).max(1_000).default(100),
  }),
  output: z.strictObject({
    sampled: z.number().int(),
    fields: z.array(
      z.strictObject({
        path: z.string().describe('[] stands for the elements of an array'),
        documents: z.number().int(),
        types: z.record(z.string(), z.number().int()),
      }),
    ),
    ...completeness,
  }),
  list: 'fields',
  async run(context, { collection, sample }) {
    const { client, limits } = context;
    const { on } = await readable(context, collection);
    const pipeline = [{ $sample: { size: sample } }];
    const { documents, isCut } = await client.aggregate({ on, pipeline, rows: sample }, context);
    const fields = fieldsOf(documents);
    return {
      sampled: documents.length,
      fields: fields.slice(0, limits.rows),
      ...complete(isCut || fields.length > limits.rows, 'there are more fields; ask for a smaller sample'),
    };
  },
});

interface Field {
  readonly path: string;
  documents: number;
  readonly types: Record<string, number>;
}

function fieldsOf(documents: readonly JsonValue[]): Field[] {
  const fields = new Map<string, Field>();
  for (const document of documents) {
    const seen = new Set<string>();
    visit(document, '', MOST_LEVELS, (path, type) => {
      const field = fields.get(path) ?? { path, documents: 0, types: {} };
      fields.set(path, field);
      field.types[type] = (field.types[type] ?? 0) + 1;
      if (!seen.has(path)) field.documents += 1;
      seen.add(path);
    });
  }
  return [...fields.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function visit(
  value: JsonValue,
  path: string,
  levels: number,
  found: (path: string, type: string) => void,
): void {
  const type = typeOf(value);
  if (path !== '') found(path, type);
  if (levels === 0) return;
  if (isList(value)) for (const item of value) visit(item, `${path}[]`, levels - 1, found);
  if (type === 'object' && isObject(value))
    for (const [key, item] of Object.entries(value))
      visit(item, path === '' ? key : `${path}.${key}`, levels - 1, found);
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isObject(value)) return TYPES.get(Object.keys(value)[0] ?? '') ?? 'object';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'number' : 'string';
}
