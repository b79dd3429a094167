import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { Application } from '../api.ts';
import { ApplicationName } from '../names.ts';
import { refuseBusy } from '../operation.ts';
import { ScopedApplication, writeScopeOf } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

/** The policy whole, so that all of it comes back. */
const Image = z.strictObject({ automated: z.record(z.string(), z.json()).nullable() });

/** Of a rollback alone: turns auto-sync off, so that it does not undo what the rollback deploys. */
export const pauseAutoSync = tool({
  name: 'argocd_pause_auto_sync',
  access: 'write',
  reach: 'sub',
  title: 'Pause auto-sync',
  description: 'Turn the auto-sync of one application off. Deploys nothing.',
  params: z.strictObject({ application: ApplicationName }),
  output: z.strictObject({ application: z.string(), was_on: z.boolean() }),
  scope: (target, { application }) => writeScopeOf(target, application),
  effect: {
    kind: 'update',
    way: 'sets auto-sync as it was',
    capture: async (context, { application }) => imageOf((await read(context, application)).found),
    isBack: async (context, { args, before }) =>
      isDeepStrictEqual(imageOf((await read(context, args.application)).found), Image.parse(before)),
    async revert(context, { args, before }) {
      const { automated: was } = Image.parse(before);
      const { of, found } = await read(context, args.application);
      const { automated: now } = imageOf(found);
      if (isDeepStrictEqual(now, was)) return;
      if (now !== null)
        throw new ToolError('conflict', 'somebody set its auto-sync since; it stays as it is');
      await context.client.automate(of, found, was, context.signal);
    },
  },
  async run(context, { application }) {
    const { of, found } = await read(context, application);
    refuseBusy(found);
    const wasOn = imageOf(found).automated !== null;
    await context.recordAfter({ automated: null });
    if (wasOn) await context.client.automate(of, found, null, context.signal);
    return { application, was_on: wasOn };
  },
});

async function read({ client, target, signal }: Writing, application: string) {
  const of = ScopedApplication.within(target, application);
  return { of, found: await client.application(of, signal) };
}

const imageOf = ({ spec }: Application) => Image.parse({ automated: spec.syncPolicy?.automated ?? null });
