import { ToolError } from '../../toolset/errors.ts';
import type { Path } from './client.ts';
import {
  type BindingImage,
  betweenPath,
  bindingsBetween,
  bindingsInto,
  isBindingWithin,
  isSame,
  vanishingExchanges,
} from './definitions.ts';
import { type ExchangeName, ownQueueIn, type ScopedName, usedExchangeIn } from './scope.ts';
import type { Writing } from './tool.ts';

/** The two ends of a binding, both within the target. Throws ToolError('not_linked'). */
export function endsOf(
  target: Writing['target'],
  binding: Pick<BindingImage, 'source' | 'destination' | 'destination_type'>,
): { source: ExchangeName; destination: ScopedName } {
  const { source, destination, destination_type } = binding;
  return {
    source: usedExchangeIn(target, source),
    destination:
      destination_type === 'queue' ? ownQueueIn(target, destination) : usedExchangeIn(target, destination),
  };
}

/**
 * Refuses what would take down bindings that cannot be put back from here: those from outside the target, and
 * the last ones of exchanges that the broker then deletes by itself.
 */
export async function assertRestorable(
  { client, target, signal }: Writing,
  bindings: readonly BindingImage[],
): Promise<void> {
  if (bindings.length === 0) return;
  if (!bindings.every((binding) => isBindingWithin(target, binding)))
    throw new ToolError(
      'not_linked',
      `it is bound to an exchange outside ${target.name}, whose binding would go too`,
    );
  for (const binding of bindings) endsOf(target, binding);
  const vanishing = await vanishingExchanges(client, target, signal);
  const lost = bindings.find(({ source }) => vanishing.has(source));
  if (lost)
    throw new ToolError(
      'conflict',
      `the broker deletes the exchange ${lost.source} by itself once nothing is bound to it; nothing was changed`,
    );
}

/** Makes the bindings that are missing, and reads them back. Throws ToolError('conflict'). */
export async function restoreBindings(
  context: Writing,
  destination: ScopedName,
  bindings: readonly BindingImage[],
): Promise<void> {
  const { client, signal } = context;
  const found = await bindingsInto(client, destination, signal);
  const foreign = found.find((one) => !bindings.some((binding) => isSame(binding, one)));
  if (foreign)
    throw new ToolError('conflict', `somebody bound ${destination} since the write; it stays as it is`);
  for (const binding of bindings)
    if (!found.some((one) => isSame(one, binding))) await bindAgain(context, binding);
  const now = await bindingsInto(client, destination, signal);
  const missing = bindings.find((binding) => !now.some((one) => isSame(one, binding)));
  if (missing)
    throw new ToolError(
      'conflict',
      `a binding of ${destination} from ${missing.source} did not come back as it was`,
    );
}

/** Makes a binding as the image has it. Throws ToolError('conflict') when the exchange is gone. */
export async function bindAgain({ client, target, signal }: Writing, binding: BindingImage): Promise<void> {
  const { source, destination } = endsOf(target, binding);
  const { routing_key, arguments: args } = binding;
  const path = betweenPath(source, destination);
  await client.change({ method: 'POST', path, body: { routing_key, arguments: args } }, signal);
}

/** The binding that has just this key and these arguments. */
export async function findBinding(
  { client, target, signal }: Pick<Writing, 'client' | 'target' | 'signal'>,
  wanted: Omit<BindingImage, 'properties_key'>,
): Promise<BindingImage | undefined> {
  const { source, destination } = endsOf(target, wanted);
  const all = await bindingsBetween(client, source, destination, signal);
  return all.find((one) => one.routing_key === wanted.routing_key && isSame(one.arguments, wanted.arguments));
}

/** Takes one binding down, by the broker's own name for it. */
export async function unbindOne({ client, target, signal }: Writing, binding: BindingImage): Promise<void> {
  const { source, destination } = endsOf(target, binding);
  const path: Path = [...betweenPath(source, destination), binding.properties_key];
  await client.change({ method: 'DELETE', path }, signal);
}
