import { z } from 'zod';
import { answerFields, showAnswer, wordsOf } from '../body.ts';
import { accessOf } from '../endpoint.ts';
import { endpointOf } from '../endpoints.ts';
import { assertWritten } from '../failure.ts';
import { describeRequest } from '../request.ts';
import { Params, tool } from '../tool.ts';

const NO_WAY_BACK = 'the topology declares no way back for the endpoint';

export const httpWriteIrreversible = tool({
  name: 'http_write_irreversible',
  access: 'write',
  reach: 'sub',
  title: 'Write to an HTTP endpoint for good',
  description:
    'Call one declared endpoint that changes something and has no way back; a human approves each call.',
  appliesTo: (entry) => {
    const endpoint = endpointOf(entry);
    return endpoint !== undefined && accessOf(endpoint) === 'write' && endpoint.way_back === undefined;
  },
  params: Params,
  output: z.strictObject(answerFields),
  effect: { kind: 'destroy', irreversible: NO_WAY_BACK },
  scope: ({ name, scope }, { params }) => ({
    resources: [`${name}: ${describeRequest(scope, params)}`],
    atMost: 1,
    irreversible: scope.irreversible ?? NO_WAY_BACK,
  }),
  async run({ client, target, signal, limits }, { params }) {
    const answer = await client.write(target.scope, params, { bytes: limits.bytes, signal });
    assertWritten(answer.status, wordsOf(answer));
    return showAnswer(answer, limits.bytes);
  },
});
