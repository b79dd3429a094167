import { ToolError } from '../../toolset/errors.ts';
import type { GroupState } from './client.ts';
import type { ScopedGroup } from './scope.ts';
import type { Reading } from './tool.ts';

/** A group's state. Throws ToolError('not_found'): the broker has a state for every name, `Dead` for those it lacks. */
export async function groupOf(
  { client, signal }: Pick<Reading, 'client' | 'signal'>,
  group: ScopedGroup,
): Promise<GroupState> {
  const found = await client.group(group, signal);
  if (found.state === 'Dead') throw new ToolError('not_found', `there is no consumer group ${group}`);
  return found;
}

/** Throws ToolError('conflict') unless the group is there and nobody is in it. The broker asks the same when it commits. */
export async function assertIdle(
  context: Pick<Reading, 'client' | 'signal'>,
  group: ScopedGroup,
): Promise<void> {
  const { state, members } = await groupOf(context, group);
  if (state !== 'Empty' || members.length > 0)
    throw new ToolError(
      'conflict',
      `${group} is ${state} with ${members.length} members; stop its consumers, then its offsets can be moved`,
    );
}
