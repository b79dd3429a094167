import pg from 'pg';
import type { JsonValue } from '../../../toolset/define.ts';
import { isExactJson } from './exact-json.ts';

/** A type of the server: its printed name and, for an array, the type of its elements. */
export interface PgType {
  readonly name: string;
  readonly element?: number;
}

const { BOOL, BYTEA, FLOAT4, FLOAT8, INT2, INT4, JSON: JSON_TEXT, JSONB, OID } = pg.types.builtins;
/** Splits the text of any array, leaving the elements as text. */
const TEXT_ARRAY: number = 1009;
const splitArray = pg.types.getTypeParser(TEXT_ARRAY);
const NUMBERS: ReadonlySet<number> = new Set([INT2, INT4, OID, FLOAT4, FLOAT8]);

/**
 * Makes a JSON value of the text that the server sent. What JSON cannot hold exactly stays text: bigint, numeric,
 * NaN, Infinity, times; so does json whose numbers need more digits than a JSON reader keeps. bytea becomes base64.
 */
export function toJson(text: string | null, oid: number, types: ReadonlyMap<number, PgType>): JsonValue {
  if (text === null) return null;
  if (oid === BOOL) return text === 't';
  if (NUMBERS.has(oid)) return Number.isFinite(Number(text)) ? Number(text) : text;
  if (oid === JSON_TEXT || oid === JSONB) return isExactJson(text) ? JSON.parse(text) : text;
  if (oid === BYTEA) return Buffer.from(text.slice(2), 'hex').toString('base64');
  const element = types.get(oid)?.element;
  if (element === undefined) return text;
  return elementsOf(splitArray(text), element, types);
}

function elementsOf(value: unknown, oid: number, types: ReadonlyMap<number, PgType>): JsonValue {
  if (Array.isArray(value)) return value.map((one) => elementsOf(one, oid, types));
  return toJson(typeof value === 'string' ? value : null, oid, types);
}

/** The text of a parameter as the server reads it; an array becomes PostgreSQL's array text, an object JSON. */
export function toParameter(value: JsonValue): string | null {
  if (value === null || typeof value === 'string') return value;
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function arrayElement(value: JsonValue): string {
  if (Array.isArray(value)) return toParameter(value) ?? 'NULL';
  const text = toParameter(value);
  return text === null ? 'NULL' : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
