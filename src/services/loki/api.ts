import { z } from 'zod';

/** Shapes of the HTTP API's answers, as far as they are read. @see https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
export const LabelSet = z.record(z.string(), z.string());
export type LabelSet = z.output<typeof LabelSet>;

/** Unix seconds and the value as text, since JSON has neither NaN nor Inf. */
export const Sample = z.tuple([z.number(), z.string()]);

/** Unix nanoseconds as text, the line, and what newer servers put behind it. */
const Entry = z.tuple([z.string().regex(/^\d{1,19}$/), z.string()]).rest(z.unknown());
export const Stream = z.object({ stream: LabelSet, values: z.array(Entry) });
export type Stream = z.output<typeof Stream>;

const Vector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: LabelSet, value: Sample })),
});
const Matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: LabelSet, values: z.array(Sample) })),
});
const Scalar = z.object({ resultType: z.literal('scalar'), result: Sample });
const Streams = z.object({ resultType: z.literal('streams'), result: z.array(Stream) });

const answerOf = <T extends z.ZodType>(data: T) =>
  z.object({ status: z.literal('success'), data, warnings: z.array(z.string()).nullish() });

export const InstantAnswer = answerOf(z.discriminatedUnion('resultType', [Vector, Scalar]));
export const RangeAnswer = answerOf(z.discriminatedUnion('resultType', [Matrix, Streams]));
export type InstantAnswer = z.output<typeof InstantAnswer>;
export type RangeAnswer = z.output<typeof RangeAnswer>;

/** A list that is empty is left out. */
export const NamesAnswer = answerOf(z.array(z.string()).nullish());
export const SeriesAnswer = answerOf(z.array(LabelSet).nullish());
export const PatternsAnswer = answerOf(
  z
    .array(
      z.object({
        pattern: z.string(),
        level: z.string().optional(),
        samples: z.array(z.tuple([z.number(), z.number()])),
      }),
    )
    .nullish(),
);
/** The one answer without an envelope. */
export const StatsAnswer = z.object({
  streams: z.number(),
  chunks: z.number(),
  entries: z.number(),
  bytes: z.number(),
});
