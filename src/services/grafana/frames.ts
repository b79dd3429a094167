import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import type { Entities, Frame } from './api.ts';
import { shortened } from './shortened.ts';

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type Cell = z.output<typeof Cell>;

/** One table or series that a query gave. */
export const FrameView = z.strictObject({
  ref_id: z.string(),
  name: z.string().optional(),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string().describe('time is in Unix milliseconds'),
      labels: z.record(z.string(), z.string()).optional(),
    }),
  ),
  rows: z.array(z.array(Cell)),
});
export type FrameView = z.output<typeof FrameView>;

/** Longer texts, such as log lines, are cut. */
const MOST_TEXT = 2_000;
/** Columns of Loki's frames that repeat others. */
const REPEATED: ReadonlySet<string> = new Set(['tsNs', 'id', 'labelTypes']);

/** Frames cut to rows and bytes, with whether something was cut. */
export class FrameBudget {
  readonly #frames: FrameView[] = [];
  readonly #most: number;
  #bytes: number;
  #isCut = false;

  /** Keeps a quarter of the bytes for what stands around the frames. */
  constructor({ rows, bytes }: Limits) {
    this.#most = rows;
    this.#bytes = bytes * 0.75;
  }

  get frames(): readonly FrameView[] {
    return this.#frames;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Takes a frame in as far as it fits; the latest rows are those that are dropped. */
  add(refId: string, frame: Frame): void {
    const { view, values } = shapeOf(refId, frame);
    if (this.#frames.length >= this.#most || !this.#spend(view)) {
      this.#isCut = true;
      return;
    }
    const length = values.reduce((most, column) => Math.max(most, column.length), 0);
    for (let at = 0; at < length; at += 1) {
      const row = values.map((column) => cellOf(column[at]));
      if (view.rows.length >= this.#most || !this.#spend(row)) {
        this.#isCut = true;
        break;
      }
      view.rows.push(row);
    }
    this.#frames.push(view);
  }

  #spend(value: unknown): boolean {
    this.#bytes -= Buffer.byteLength(JSON.stringify(value)) + 1;
    return this.#bytes >= 0;
  }
}

function shapeOf(refId: string, { schema, data }: Frame): { view: FrameView; values: unknown[][] } {
  const columns = schema.fields
    .map((field, index) => ({
      field,
      values: restored(data?.values[index] ?? [], data?.entities?.[index]),
    }))
    .filter(({ field }) => !REPEATED.has(field.name));
  const view = {
    ref_id: refId,
    ...(schema.name === undefined || schema.name === '' ? {} : { name: schema.name }),
    columns: columns.map(({ field: { name, type, labels } }) => ({
      name,
      type,
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
    })),
    rows: [],
  };
  return { view, values: columns.map(({ values }) => values) };
}

/** A column with the values that JSON has no number for put back, as text. */
function restored(values: readonly unknown[], entities: Entities | null | undefined): unknown[] {
  const whole = [...values];
  const put = (places: readonly number[] = [], text: string) => {
    for (const place of places) if (place in whole) whole[place] = text;
  };
  put(entities?.NaN, 'NaN');
  put(entities?.Inf, '+Inf');
  put(entities?.NegInf, '-Inf');
  return whole;
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return shortened(text, MOST_TEXT);
}
