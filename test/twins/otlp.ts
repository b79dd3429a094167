import { z } from 'zod';
import { type HttpTwin, Strange, startHttpTwin } from './http-twin.ts';

const Value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.union([z.number(), z.string()]) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ boolValue: z.boolean() }),
]);
const Attribute = z.strictObject({ key: z.string(), value: Value });
const Nanoseconds = z.string().regex(/^\d{19}$/);
const Span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  traceState: z.string().optional(),
  flags: z.number().optional(),
  name: z.string(),
  kind: z.number().int().min(1).max(5),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: z.array(Attribute),
  droppedAttributesCount: z.number(),
  events: z.array(z.unknown()),
  droppedEventsCount: z.number(),
  links: z.array(z.unknown()),
  droppedLinksCount: z.number(),
  status: z.strictObject({ code: z.number().int().min(0).max(2), message: z.string().optional() }),
});
const Request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: z.array(Attribute), droppedAttributesCount: z.number() }),
      schemaUrl: z.string().optional(),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string().optional() }),
          schemaUrl: z.string().optional(),
          spans: z.array(Span),
        }),
      ),
    }),
  ),
});

/** One span as it arrived, its attributes as a plain object. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 2 is a server's. */
  readonly kind: number;
  /** 2 is an error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/**
 * A strict twin of a collector's OTLP/HTTP receiver for traces in JSON.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export async function startOtlpTwin(): Promise<HttpTwin & { readonly spans: readonly ReceivedSpan[] }> {
  const spans: ReceivedSpan[] = [];
  const twin = await startHttpTwin(['connection', 'transfer-encoding'], ({ method, path, headers, json }) => {
    if (method !== 'POST' || path !== '/v1/traces') throw new Strange(`${method} ${path}`);
    if (headers['content-type'] !== 'application/json') throw new Strange(`type ${headers['content-type']}`);
    const parsed = Request.safeParse(json);
    if (!parsed.success) throw new Strange(z.prettifyError(parsed.error));
    for (const { resource, scopeSpans } of parsed.data.resourceSpans)
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({
          traceId: span.traceId,
          parentSpanId: span.parentSpanId,
          name: span.name,
          kind: span.kind,
          status: span.status.code,
          attributes: plain(span.attributes),
          resource: plain(resource.attributes),
        });
    return { status: 200, json: { partialSuccess: {} } };
  });
  return { ...twin, spans };
}

const plain = (attributes: readonly z.output<typeof Attribute>[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
