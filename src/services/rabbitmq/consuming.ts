import { z } from 'zod';
import { Consumer } from './api.ts';
import { reaches, vhostOf } from './scope.ts';
import type { Reading } from './tool.ts';

/** The consumers of queues that the target reaches. */
export async function consumersWithin({ client, target, signal }: Reading): Promise<Consumer[]> {
  const all = await client.get({ path: ['consumers', vhostOf(target)], shape: z.array(Consumer) }, signal);
  return all.filter(({ queue }) => reaches(target, 'queue', queue.name));
}
