import { z } from 'zod';
import { Uid } from './names.ts';

/** Types of data sources whose queries can do nothing but read, by what their plugin takes in a query. */
export const READING_TYPES = ['prometheus', 'loki'] as const;
export type ReadingType = (typeof READING_TYPES)[number];

export const isReadingType = (type: string): type is ReadingType =>
  READING_TYPES.some((known) => known === type);

const Step = z.string().regex(/^\d{1,9}(ms|[smhdwy])$/);
/** What a panel calls one of its queries. */
export const RefId = z.string().regex(/^[\w .-]{1,60}$/);
/** Characters of a query. */
export const MOST_EXPR = 64 * 1024;
const common = {
  refId: RefId,
  expr: z.string().min(1).max(MOST_EXPR),
  /** Points that the answer should have at most. */
  maxDataPoints: z.number().int().min(1).max(1000),
  intervalMs: z.number().int().min(1000),
};

/**
 * One query of POST /api/ds/query, and all that it may hold. Stored targets are never sent as they are: their
 * `datasourceId` would choose another data source than `uid` does, and fields of other plugins could hold SQL,
 * an address or an expression.
 */
export const ReadQuery = z.union([
  z.strictObject({
    ...common,
    datasource: z.strictObject({ type: z.literal('prometheus'), uid: Uid }),
    instant: z.boolean(),
    range: z.boolean(),
    format: z.enum(['time_series', 'table', 'heatmap']),
    exemplar: z.literal(false),
    interval: Step.exactOptional(),
    utcOffsetSec: z.literal(0),
  }),
  z.strictObject({
    ...common,
    datasource: z.strictObject({ type: z.literal('loki'), uid: Uid }),
    queryType: z.enum(['instant', 'range']),
    maxLines: z.number().int().min(1).max(5000),
    direction: z.enum(['forward', 'backward']),
    step: Step.exactOptional(),
  }),
]);
export type ReadQuery = z.output<typeof ReadQuery>;
