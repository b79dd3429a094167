import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { InfraBackend } from '../backend.ts';
import { writesOf } from '../k8s/calls.ts';
import type { Tools } from '../tools.ts';

const Proposed = z.object({
  recorded: z.boolean(),
  reasons: z.array(z.string()),
  write: z
    .object({
      tool: z.string(),
      target: z.string(),
      args: z.record(z.string(), z.number()),
      way_back: z.record(z.string(), z.number()),
    })
    .optional(),
});

/**
 * Has the server look for itself and record what it finds. It records its own finding and never ours, so the action
 * that it names must be the one that was planned here. Throws ToolError('write_refused') where it is not.
 */
export const recordThere =
  (tools: Tools): InfraBackend['record'] =>
  async ({ alert, diagnosis, action }, signal) => {
    const { output } = await tools.call(
      'stack_propose_action',
      {
        alert,
        resource: action.service,
        deploy: diagnosis.suspected_deploy_sha,
        action: action.kind,
      },
      signal,
    );
    const { recorded, reasons, write } = Proposed.parse(output);
    if (!recorded)
      throw new ToolError('write_refused', `the server looked for itself: ${reasons.join('; ')}`);
    const [own, back] = writesOf(action);
    const isSame =
      own !== undefined &&
      write?.tool === own.tool &&
      write.target === own.target &&
      sameArgs(write.args, own.args) &&
      sameArgs(write.way_back, back?.args ?? {});
    if (!isSame) throw new ToolError('write_refused', 'the server recorded another action than was planned');
  };

const sameArgs = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};
