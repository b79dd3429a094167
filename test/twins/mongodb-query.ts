import {
  Binary,
  BSONRegExp,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import { Aggregator, Query } from 'mingo';

/**
 * Evaluates filters and pipelines with mingo, which knows JavaScript's values alone: each of BSON's other values
 * becomes text that is equal for equal values and is made into the value again afterwards.
 */
const MARK = '\u0001';

const tag = (kind: string, text: string): string => `${MARK}${kind}:${text}`;

function toPlain(value: unknown): unknown {
  if (value instanceof Int32 || value instanceof Double) return value.valueOf();
  if (value instanceof Timestamp) return tag('timestamp', value.toString());
  if (value instanceof Long) return value.toNumber();
  if (value instanceof ObjectId) return tag('oid', value.toHexString());
  if (value instanceof Decimal128) return tag('decimal', value.toString());
  if (value instanceof Binary) return tag('binary', `${value.sub_type}:${value.toString('base64')}`);
  if (value instanceof BSONRegExp) return new RegExp(value.pattern, value.options.replaceAll('x', ''));
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return tagged(value);
}

export const tagged = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).map(([key, value]) => [key, toPlain(value)]));

function fromPlain(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith(MARK)) return fromTag(value);
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof RegExp)
    return value;
  return untagged(value);
}

function fromTag(text: string): unknown {
  const [, kind = '', rest = ''] = /^(\w+):(.*)$/s.exec(text.slice(MARK.length)) ?? [];
  if (kind === 'oid') return new ObjectId(rest);
  if (kind === 'decimal') return Decimal128.fromString(rest);
  if (kind === 'timestamp') return new Timestamp(Long.fromString(rest));
  const [subType = '0', base64 = ''] = rest.split(':');
  return new Binary(Buffer.from(base64, 'base64'), Number(subType));
}

export const untagged = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).map(([key, value]) => [key, fromPlain(value)]));

/** Whether a document, already made plain, fits a filter. */
export const matches = (document: Document, filter: Document): boolean =>
  new Query(tagged(filter), { scriptEnabled: false }).test(document);

/** Runs a pipeline. `others` answers with the documents of another collection. */
export function evaluate(
  documents: Document[],
  pipeline: Document[],
  others: (name: string) => Document[],
): Document[] {
  // mingo samples with repetition; of fewer documents than were asked for, a server gives each once.
  const stages = pipeline.map((stage) =>
    stage.$sample ? { $limit: Number(stage.$sample.size) } : tagged(stage),
  );
  const aggregator = new Aggregator(stages, { collectionResolver: others, scriptEnabled: false });
  return aggregator.run(structuredClone(documents)).map((document) => untagged(document as Document));
}
