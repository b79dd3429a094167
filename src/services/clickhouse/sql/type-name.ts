import type { Cursor } from './cursor.ts';
import { quoteText } from './quote.ts';
import { refuse } from './refuse.ts';

/** Types without parameters, by lower case. States of aggregates are left out: a crafted one is read as memory. */
const PLAIN = new Map(
  `UInt8 UInt16 UInt32 UInt64 UInt128 UInt256 Int8 Int16 Int32 Int64 Int128 Int256 Float32 Float64 String Date Date32
   DateTime UUID IPv4 IPv6 Bool`
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);
const OF_TYPES: ReadonlyMap<string, string> = new Map(
  ['Array', 'Nullable', 'LowCardinality', 'Tuple', 'Map'].map((name) => [name.toLowerCase(), name]),
);
const OF_VALUES: ReadonlyMap<string, string> = new Map(
  ['FixedString', 'Decimal', 'Decimal32', 'Decimal64', 'Decimal128', 'DateTime', 'DateTime64'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** Parses the name of a type that a value may be cast to, and prints it anew. Throws ToolError('query_refused'). */
export function parseType(cursor: Cursor): string {
  return cursor.nested(() => {
    const { kind, value } = cursor.next();
    const name = kind === 'word' ? value.toLowerCase() : '';
    if (!cursor.takeSign('(')) return PLAIN.get(name) ?? refuse(`a cast to ${value} is not accepted`);
    const spelled = OF_TYPES.get(name) ?? OF_VALUES.get(name) ?? refuse(`a cast to ${value} is not accepted`);
    const inner = cursor.list(() => (OF_TYPES.has(name) ? parseType(cursor) : parseValue(cursor)));
    cursor.expectSign(')');
    return `${spelled}(${inner.join(', ')})`;
  });
}

/** Digits of a precision, or the name of a time zone. */
function parseValue(cursor: Cursor): string {
  const { kind, value } = cursor.next();
  if (kind === 'string') return quoteText(value);
  if (kind === 'number' && /^\d{1,4}$/.test(value)) return value;
  return refuse('a type takes whole numbers and the name of a time zone alone');
}
