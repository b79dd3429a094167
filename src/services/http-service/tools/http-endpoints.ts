import { z } from 'zod';
import { accessOf, type HttpEndpoint, METHODS } from '../endpoint.ts';
import { describeParameter, isRequired } from '../parameter.ts';
import { tool } from '../tool.ts';

export const httpEndpoints = tool({
  name: 'http_endpoints',
  access: 'read',
  reach: 'component',
  title: 'List an HTTP service’s endpoints',
  description: 'List the declared endpoints that the links reach, with the tool and the parameters of each.',
  params: z.strictObject({}),
  output: z.strictObject({
    endpoints: z.array(
      z.strictObject({
        target: z.string(),
        tool: z.string().describe('What calls it, where the flags allow'),
        method: z.enum(METHODS),
        path: z.string(),
        description: z.string().optional(),
        params: z.array(
          z.strictObject({
            name: z.string(),
            in: z.enum(['path', 'query', 'body']),
            takes: z.string(),
            required: z.boolean(),
            description: z.string().optional(),
          }),
        ),
        way_back: z.string().optional().describe('Endpoint that takes a write back'),
        irreversible: z.string().optional(),
      }),
    ),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'endpoints',
  async run({ target }) {
    const endpoints = [...target.reach].map(([name, endpoint]) => ({
      target: `${target.component}/${name}`,
      ...describe(endpoint),
    }));
    return { endpoints, truncated: false };
  },
});

function describe(endpoint: HttpEndpoint) {
  const { method, path, description, params, way_back, irreversible } = endpoint;
  return {
    tool: toolFor(endpoint),
    method,
    path,
    ...(description === undefined ? {} : { description }),
    params: Object.entries(params).map(([name, parameter]) => ({
      name,
      in: parameter.in,
      takes: describeParameter(parameter),
      required: isRequired(parameter),
      ...(parameter.description === undefined ? {} : { description: parameter.description }),
    })),
    ...(way_back ? { way_back: way_back.endpoint } : {}),
    ...(irreversible === undefined ? {} : { irreversible }),
  };
}

function toolFor(endpoint: HttpEndpoint): string {
  if (accessOf(endpoint) === 'read') return 'http_read';
  return endpoint.way_back ? 'http_write' : 'http_write_irreversible';
}
