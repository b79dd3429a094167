import { z } from 'zod';

/** Shapes of the HTTP API's answers, as far as they are read. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
export const LabelSet = z.record(z.string(), z.string());
export type LabelSet = z.output<typeof LabelSet>;

/** Unix seconds and the value as text, since JSON has neither NaN nor Inf. */
export const Sample = z.tuple([z.number(), z.string()]);
export const Histogram = z.object({
  count: z.string(),
  sum: z.string(),
  buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).optional(),
});
const HistogramSample = z.tuple([z.number(), Histogram]);

export const InstantSeries = z.object({
  metric: LabelSet,
  value: Sample.optional(),
  histogram: HistogramSample.optional(),
});
export const RangeSeries = z.object({
  metric: LabelSet,
  values: z.array(Sample).optional(),
  histograms: z.array(HistogramSample).optional(),
});
export type InstantSeries = z.output<typeof InstantSeries>;
export type RangeSeries = z.output<typeof RangeSeries>;

export const QueryData = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(InstantSeries) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(RangeSeries) }),
  z.object({ resultType: z.literal('scalar'), result: Sample }),
  z.object({ resultType: z.literal('string'), result: Sample }),
]);
export type QueryData = z.output<typeof QueryData>;
export const RangeData = z.object({ resultType: z.literal('matrix'), result: z.array(RangeSeries) });

export const Names = z.array(z.string());
export const SeriesData = z.array(LabelSet);

export const Alert = z.object({
  labels: LabelSet,
  annotations: LabelSet.optional(),
  state: z.string(),
  activeAt: z.string().nullish(),
  value: z.string().optional(),
});
export const AlertData = z.object({ alerts: z.array(Alert) });

export const Rule = z.object({
  type: z.enum(['alerting', 'recording']),
  name: z.string(),
  query: z.string(),
  labels: LabelSet.nullish(),
  annotations: LabelSet.nullish(),
  duration: z.number().optional(),
  state: z.string().optional(),
  alerts: z.array(Alert).nullish(),
  health: z.string().optional(),
  lastError: z.string().optional(),
  evaluationTime: z.number().optional(),
  lastEvaluation: z.string().optional(),
});
export type Rule = z.output<typeof Rule>;
export const RuleData = z.object({
  groups: z.array(z.object({ name: z.string(), interval: z.number().optional(), rules: z.array(Rule) })),
});

export const ScrapeTarget = z.object({
  labels: LabelSet,
  scrapePool: z.string().optional(),
  scrapeUrl: z.string(),
  health: z.string(),
  lastError: z.string(),
  lastScrape: z.string(),
  lastScrapeDuration: z.number(),
});
export type ScrapeTarget = z.output<typeof ScrapeTarget>;
export const TargetData = z.object({ activeTargets: z.array(ScrapeTarget).nullish() });

export const Metadata = z.object({ type: z.string(), help: z.string(), unit: z.string() });
export type Metadata = z.output<typeof Metadata>;
export const MetadataData = z.record(z.string(), z.array(Metadata));
export const TargetMetadataData = z.array(Metadata.extend({ target: LabelSet, metric: z.string() }));
