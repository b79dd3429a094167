import { z } from 'zod';
import { answerFields, showAnswer } from '../body.ts';
import { accessOf } from '../endpoint.ts';
import { endpointOf } from '../endpoints.ts';
import { assertReadStatus } from '../failure.ts';
import { Params, tool } from '../tool.ts';

export const httpRead = tool({
  name: 'http_read',
  access: 'read',
  reach: 'sub',
  title: 'Read an HTTP endpoint',
  description: 'Call one declared endpoint that only reads. http_endpoints lists its parameters.',
  appliesTo: (entry) => {
    const endpoint = endpointOf(entry);
    return endpoint !== undefined && accessOf(endpoint) === 'read';
  },
  params: Params,
  output: z.strictObject(answerFields),
  async run({ client, target, signal, limits }, { params }) {
    const answer = await client.read(target.scope, params, { bytes: limits.bytes, signal });
    assertReadStatus(answer.status);
    return showAnswer(answer, limits.bytes);
  },
});
