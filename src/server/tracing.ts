import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { VERSION } from '../version.ts';
import type { Served, Tracing } from './traced.ts';

/** How long the end of the server waits for the last spans, in milliseconds. */
const FLUSH_MS = 2_000;
/** A caller's own word is kept up to here. */
const MAX_WORD = 128;

/**
 * Spans of the requests of MCP clients, sent as OTLP over HTTP to where `OTEL_EXPORTER_OTLP_ENDPOINT` (or its
 * `_TRACES_` form) says; the other `OTEL_` variables mean what they mean everywhere. Neither arguments nor results
 * are in a span. A collector that is away costs spans, never a call.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
 */
export function openTracing({
  transport,
  onProblem,
}: {
  readonly transport: 'pipe' | 'tcp';
  onProblem(message: string): void;
}): Tracing {
  const resource = resourceFromAttributes({ 'service.name': 'stackward', 'service.version': VERSION }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('stackward', VERSION);
  return {
    async serve(request, work) {
      const { name, attributes } = describe(request);
      const options = {
        kind: SpanKind.SERVER,
        attributes: {
          ...attributes,
          'network.transport': transport,
          ...(transport === 'tcp' ? { 'network.protocol.name': 'http' } : {}),
        },
      };
      const span = tracer.startSpan(name, options, parentOf(request.meta));
      try {
        const result = await work();
        recordEnd(span, result);
        return result;
      } catch (error) {
        fail(span, codeOf(error));
        throw error;
      } finally {
        span.end();
      }
    },
    async close() {
      const late = AbortSignal.timeout(FLUSH_MS);
      const tooLate = new Promise<void>((_resolve, reject) =>
        late.addEventListener('abort', () => reject(new Error('the collector did not answer'))),
      );
      await Promise.race([provider.shutdown(), tooLate]).catch((error: unknown) =>
        onProblem(
          `the last spans were not sent: ${error instanceof Error ? error.message : 'unknown reason'}`,
        ),
      );
    },
  };
}

function describe({ method, target, id, principal }: Served): { name: string; attributes: Attributes } {
  const attribute = target && (target.kind === 'tool' ? 'gen_ai.tool.name' : 'gen_ai.prompt.name');
  return {
    name: target ? `${method} ${target.name}` : method,
    attributes: {
      'mcp.method.name': method,
      'jsonrpc.request.id': String(id).slice(0, MAX_WORD),
      'stackward.principal': principal,
      ...(attribute && target ? { [attribute]: target.name } : {}),
      ...(target?.kind === 'tool' ? { 'gen_ai.operation.name': 'execute_tool' } : {}),
    },
  };
}

/** The client's own span, told in `params._meta`; a request that tells none begins a trace. */
const parentOf = (meta: Served['meta']): Context =>
  new W3CTraceContextPropagator().extract(ROOT_CONTEXT, meta ?? {}, META);

const META: TextMapGetter<Readonly<Record<string, unknown>>> = {
  keys: (meta) => Object.keys(meta),
  get: (meta, key) => {
    const value = meta[key];
    return typeof value === 'string' && value.length <= 512 ? value : undefined;
  },
};

/** A refused or failed call is a result, and no protocol error: its metadata tells which. */
function recordEnd(span: Span, result: unknown): void {
  if (typeof result !== 'object' || result === null) return;
  const { isError, _meta: meta = {} } = result as { isError?: boolean; _meta?: Record<string, unknown> };
  const { call, seq, outcome } = (meta['stackward.dev/call'] ?? {}) as Record<string, string | number>;
  span.setAttributes({
    ...(call === undefined ? {} : { 'stackward.call.id': call }),
    ...(seq === undefined ? {} : { 'stackward.audit.sequence': seq }),
    ...(outcome === undefined ? {} : { 'stackward.call.outcome': outcome }),
  });
  if (isError !== true) return;
  const { code } = (meta['stackward.dev/error'] ?? {}) as { code?: string };
  if (code !== undefined) span.setAttribute('stackward.error.code', code);
  fail(span, 'tool_error');
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '_OTHER';

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  if (/^-?\d+$/.test(type)) span.setAttribute('rpc.response.status_code', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
