import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { BaseUrl } from '../../toolset/http/connection.ts';

const ModelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/, 'the name of a model, as its provider spells it');

/** The fields of a topology component that serves models. */
export const ModelConnection = z
  .strictObject({
    provider: z.enum(['openai-compatible', 'anthropic']),
    url: setting(BaseUrl).describe('Base URL of the API, such as https://api.anthropic.com/v1'),
    api_key: secret().optional(),
    routes: z
      .strictObject({
        'prod-triage': ModelName.optional(),
        'prod-triage-strong': ModelName.optional(),
        'prod-judge': ModelName.optional(),
      })
      .describe('The model that each role is given: the first, the stronger one, and the independent judge'),
  })
  .superRefine(({ provider, api_key: key }, context) => {
    if (provider === 'anthropic' && !key)
      context.addIssue({ code: 'custom', path: ['api_key'], message: 'anthropic needs an api_key' });
  });
export type ModelConnection = z.output<typeof ModelConnection>;
