import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A value of one component at a moment; Unix seconds. */
export type Measure = (at: number) => number;

export interface StandIn {
  readonly url: string;
  /** Expressions that were asked. */
  readonly asked: readonly string[];
  /** What `orders-api` measures; set it before the first question. */
  measure: Measure;
  close(): Promise<void>;
}

/**
 * Stands in for a Prometheus with one measure of one component: it answers range queries alone, whatever their expression.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
 */
export async function startPrometheus(): Promise<StandIn> {
  const asked: string[] = [];
  const state = { measure: (() => 0) as Measure };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
    asked.push(form.get('query') ?? '');
    const isKnown = request.method === 'POST' && request.url === '/api/v1/query_range';
    const values: [number, string][] = [];
    for (let at = start ?? 0; isKnown && at <= (end ?? 0); at += step || 60)
      values.push([at, String(state.measure(at))]);
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
    const result = [{ metric: { component: 'orders-api' }, values }];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
