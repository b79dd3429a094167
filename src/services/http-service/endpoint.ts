import { z } from 'zod';
import type { Access } from '../../toolset/define.ts';
import { Parameter, parameterFaults } from './parameter.ts';
import { holesOf, isPathTemplate, PARAMETER_NAME } from './path.ts';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Headers that frame a message, route it, say who calls, or change its method are Stackward's alone to send. */
const RESERVED_HEADER =
  /^(host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|keep-alive|expect|cookie|authorization|accept-encoding|forwarded|via|proxy-.*|x-forwarded-.*|x-real-ip|x-(http-)?method(-override)?|x-original-.*|x-rewrite-.*)$/;
export const HeaderName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*$/, 'a header name has lower-case letters, digits and - only')
  .refine((name) => !RESERVED_HEADER.test(name), 'this header is not for a topology to set');
const HeaderValue = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'a header value has printable ASCII characters only');

const METHOD_OVERRIDE = /^(_method|x-(http-)?method(-override)?)$/i;
const Name = z
  .string()
  .regex(PARAMETER_NAME, 'a parameter’s name has letters, digits, _, ., - and [] only')
  .refine(
    (name) => !METHOD_OVERRIDE.test(name),
    'a parameter’s name is none by which servers change the method',
  );
const SubName = z.string().min(1).max(63);
const Pointer = z
  .string()
  .max(200)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'expected a JSON pointer such as /order/id');

/** Where one parameter of the way back takes its value from. */
export const Source = z.union([
  z.strictObject({ param: Name.describe('A parameter of the write itself') }),
  z.strictObject({ response: Pointer.describe('Place in the JSON that the write was answered with') }),
  z.strictObject({ before: Pointer.describe('Place in the JSON that the before endpoint gave') }),
  z.strictObject({ value: z.union([z.string().max(1000), z.number(), z.boolean()]) }),
]);
export type Source = z.output<typeof Source>;

const WayBack = z.strictObject({
  endpoint: SubName.describe('The write endpoint of this component that takes the write back'),
  params: z.record(Name, Source).default({}),
  before: z
    .strictObject({
      endpoint: SubName.describe('A read endpoint of this component that shows what the write will change'),
      params: z.record(Name, Source).default({}),
    })
    .optional()
    .describe('Read before the write, for the values that the way back puts back'),
});
export type WayBack = z.output<typeof WayBack>;

/** One thing that a service can be asked over HTTP: all of the request but the values of its parameters. */
export const HttpEndpoint = z
  .strictObject({
    method: z.enum(METHODS),
    path: z
      .string()
      .refine(isPathTemplate, 'expected a path such as /orders/{id}, without query, % or dot segments')
      .describe('Below base_url; {name} stands for a parameter'),
    params: z.record(Name, Parameter).default({}),
    body_format: z.enum(['json', 'form']).default('json').describe('How parameters of the body are sent'),
    headers: z.record(HeaderName, HeaderValue).default({}).describe('Sent as they stand here'),
    access: z
      .enum(['read', 'write'])
      .optional()
      .describe('GET and HEAD read, all else writes; a POST that only searches may say read'),
    description: z.string().min(1).max(500).optional(),
    irreversible: z.string().min(1).max(300).optional().describe('Why the write cannot be taken back'),
    way_back: WayBack.optional(),
  })
  .superRefine((endpoint, context) => {
    for (const { path, message } of faultsOf(endpoint))
      context.addIssue({ code: 'custom', path: [...path], message, input: endpoint });
  });
export type HttpEndpoint = z.output<typeof HttpEndpoint>;

/** Whether calling an endpoint changes something. */
export const accessOf = ({ method, access }: Pick<HttpEndpoint, 'method' | 'access'>): Access =>
  access ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');

type Fault = { readonly path: readonly string[]; readonly message: string };

function faultsOf(endpoint: HttpEndpoint): Fault[] {
  const { method, access, params, path, way_back, irreversible } = endpoint;
  const faults: Fault[] = Object.entries(params).flatMap(([name, parameter]) =>
    parameterFaults(parameter).map((message) => ({ path: ['params', name], message })),
  );
  const fault = (at: readonly string[], message: string) => faults.push({ path: at, message });
  if (access === 'read' && /^(PUT|PATCH|DELETE)$/.test(method))
    fault(['access'], `a ${method} changes something by its meaning; only a POST may be declared as a read`);
  if (Object.keys(params).length > 32) fault(['params'], 'an endpoint has at most 32 parameters');
  const holes = holesOf(path);
  for (const name of holes)
    if (!Object.hasOwn(params, name) || params[name]?.in !== 'path')
      fault(['path'], `{${name}} needs a parameter ${name} that is in: path`);
  if (new Set(holes).size < holes.length) fault(['path'], 'a parameter stands in the path once');
  for (const [name, parameter] of Object.entries(params)) {
    if (parameter.in === 'path' && !holes.includes(name))
      fault(['params', name], `the path has no {${name}}`);
    if (parameter.in === 'body' && !/^(POST|PUT|PATCH)$/.test(method))
      fault(['params', name], `a ${method} carries no body`);
  }
  if (accessOf(endpoint) === 'read' && (way_back || irreversible !== undefined))
    fault([way_back ? 'way_back' : 'irreversible'], 'belongs to endpoints that write, and this one reads');
  if (way_back && irreversible !== undefined)
    fault(['irreversible'], 'says that there is no way back, and way_back names one: keep one of them');
  return faults;
}
