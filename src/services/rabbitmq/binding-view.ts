import { z } from 'zod';
import type { BindingImage } from './definitions.ts';
import { redactedTable } from './redact.ts';

/** One binding as the tools show it. */
export const BindingView = z.strictObject({
  exchange: z.string(),
  destination: z.string(),
  destination_type: z.enum(['queue', 'exchange']),
  routing_key: z.string(),
  arguments: z.record(z.string(), z.json()),
});

export const bindingView = (binding: BindingImage): z.output<typeof BindingView> => ({
  exchange: binding.source,
  destination: binding.destination,
  destination_type: binding.destination_type,
  routing_key: binding.routing_key,
  arguments: redactedTable(binding.arguments),
});
