import { z } from 'zod';
import { toolsOf } from '../../toolset/define.ts';
import type { HttpReader, HttpWriter } from './client.ts';
import type { HttpEndpoint } from './endpoint.ts';

export interface HttpTypes {
  Reader: HttpReader;
  Writer: HttpWriter;
  Entry: HttpEndpoint;
}

/** Defines one tool of HTTP services, with its clients and scope typed. */
export const tool = toolsOf<HttpTypes>();

/** The values of an endpoint's parameters; checked against its declaration once the target is known. */
export const Params = z.strictObject({
  params: z
    .record(z.string().min(1).max(64), z.union([z.string().max(65_536), z.number(), z.boolean()]))
    .default({})
    .describe('Values of the endpoint’s declared parameters; http_endpoints lists them'),
});
export type Params = z.output<typeof Params>;
