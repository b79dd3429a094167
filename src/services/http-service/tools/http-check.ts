import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tool } from '../tool.ts';

const MOST_DIGESTED = 1024 * 1024;
const DAY_MS = 86_400_000;

export const httpCheck = tool({
  name: 'http_check',
  access: 'read',
  reach: 'component',
  title: 'Check an HTTP service',
  description: 'Ask the service’s health path once: status, latency, certificate. Follows no redirect.',
  params: z.strictObject({}),
  output: z.strictObject({
    healthy: z.boolean().describe('The status is the one that the topology expects, or below 400'),
    status: z.number().int(),
    expected_status: z.number().int().optional(),
    latency_ms: z.number().describe('Until the head of the answer, connecting included'),
    tls: z
      .strictObject({
        protocol: z.string(),
        issuer: z.string(),
        expires: z.string(),
        days_left: z.number().int(),
      })
      .optional(),
    body_bytes: z.number().int(),
    body_sha256: z.string().describe('Of as much as was read'),
    truncated: z.boolean(),
  }),
  async run({ client, signal }) {
    const { status, expected, latencyMs, tls, body, cut } = await client.check({
      bytes: MOST_DIGESTED,
      signal,
    });
    return {
      healthy: expected === undefined ? status < 400 : status === expected,
      status,
      ...(expected === undefined ? {} : { expected_status: expected }),
      latency_ms: Math.round(latencyMs * 10) / 10,
      ...(tls
        ? {
            tls: {
              protocol: tls.protocol,
              issuer: tls.issuer,
              expires: tls.expires.toISOString(),
              days_left: Math.floor((tls.expires.getTime() - Date.now()) / DAY_MS),
            },
          }
        : {}),
      body_bytes: body.length,
      body_sha256: createHash('sha256').update(body).digest('hex'),
      truncated: cut,
    };
  },
});
