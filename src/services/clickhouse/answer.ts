import { z } from 'zod';

/** As much of `FORMAT JSONCompact` as is read. See https://clickhouse.com/docs/interfaces/formats/JSONCompact */
const Answer = z.object({
  meta: z.array(z.object({ name: z.string(), type: z.string() })),
  data: z.array(z.array(z.unknown())),
  /** There when the server failed half-way: then the rows are not all. */
  exception: z.never().optional(),
});

export interface Column {
  readonly name: string;
  readonly type: string;
}

export interface Rows {
  readonly columns: readonly Column[];
  /** One array a row, in the order of `columns`, whose names may repeat. */
  readonly rows: readonly (readonly unknown[])[];
}

/** Strings, so that no digit in them is touched, and numbers. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.]*(?:[eE][+-]?\d+)?/g;

/**
 * The rows of an answer; undefined where it is none. A number that a double does not hold exactly, such as a Decimal
 * of 20 digits, comes as text.
 */
export function parseRows(text: string): Rows | undefined {
  try {
    const exact = text.replace(TOKENS, (token) => (isKept(token) ? token : `"${token}"`));
    const { meta, data } = Answer.parse(JSON.parse(exact));
    return { columns: meta, rows: data };
  } catch {
    return undefined;
  }
}

function isKept(token: string): boolean {
  // Fewer digits than a double keeps, and no exponent: the common case.
  if (token.startsWith('"') || /^-?[\d.]{1,15}$/.test(token)) return true;
  const value = Number(token);
  return Number.isFinite(value) && significant(token) === significant(`${value}`);
}

/** Digits and power of ten, so that `1.50e2` and `150` are the same. */
function significant(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  const kept = digits.replace(/^0+/, '').replace(/0+$/, '');
  const trailing = digits.length - digits.replace(/0+$/, '').length;
  return kept === '' ? '0' : `${sign}${kept}e${Number(power) - fraction.length + trailing}`;
}
