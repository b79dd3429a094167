import { z } from 'zod';
import { answerFields, showAnswer, wordsOf } from '../body.ts';
import { accessOf } from '../endpoint.ts';
import { endpointOf } from '../endpoints.ts';
import { assertWritten } from '../failure.ts';
import { describeRequest } from '../request.ts';
import { Params, tool } from '../tool.ts';
import { afterWrite, capture, isBack, revert } from '../way-back.ts';

export const httpWrite = tool({
  name: 'http_write',
  access: 'write',
  reach: 'sub',
  title: 'Write to an HTTP endpoint',
  description: 'Call one declared endpoint that changes something, whose way back another endpoint is.',
  appliesTo: (entry) => {
    const endpoint = endpointOf(entry);
    return endpoint !== undefined && accessOf(endpoint) === 'write' && endpoint.way_back !== undefined;
  },
  params: Params,
  output: z.strictObject({
    ...answerFields,
    reversible: z.boolean().describe('Whether all that the way back needs was recorded'),
  }),
  effect: {
    kind: 'update',
    way: 'calls the endpoint that the topology declares as the way back',
    unverifiable: 'an endpoint whose way_back declares no before shows nothing',
    capture,
    revert,
    isBack,
  },
  scope: ({ name, scope }, { params }) => ({
    resources: [`${name}: ${describeRequest(scope, params)}`],
    atMost: 1,
  }),
  async run(context, args) {
    const { client, target, signal, limits, recordAfter } = context;
    const answer = await client.write(target.scope, args.params, { bytes: limits.bytes, signal });
    assertWritten(answer.status, wordsOf(answer));
    // Only the answer names what was made, so the record can only follow it.
    const { after, known } = await afterWrite(context, args, answer);
    await recordAfter(after);
    return { ...showAnswer(answer, limits.bytes), reversible: known };
  },
});
