import type { Precheck } from '../../toolset/define.ts';
import type { Operation, Operations } from './client.ts';
import type { ScopedGroup, ScopedTopic } from './scope.ts';
import type { Reading } from './tool.ts';

/** Whether the account may do what a step does to a topic. Throws ToolError. */
export const topicRightsAhead = async (
  { client, signal }: Reading,
  topic: ScopedTopic,
  needs: readonly Operation[],
): Promise<Precheck> => judged(`topic ${topic}`, await client.topicOperations(topic, signal), needs);

/** The same for a consumer group. */
export const groupRightsAhead = async (
  { client, signal }: Reading,
  group: ScopedGroup,
  needs: readonly Operation[],
): Promise<Precheck> => judged(`group ${group}`, await client.groupOperations(group, signal), needs);

function judged(what: string, may: Operations | undefined, needs: readonly Operation[]): Precheck {
  if (!may)
    return {
      untried: [`whether the account has ${needs.join(' and ')} on the ${what}: the cluster does not say`],
    };
  const missing = needs.filter((need) => !may.has(need));
  if (missing.length === 0) return {};
  const words = missing.join(' and ');
  return { obstacles: [`the account lacks ${words} on the ${what}; stackward check prints what to give`] };
}
