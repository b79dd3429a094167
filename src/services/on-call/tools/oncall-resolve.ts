import { z } from 'zod';
import { askerOf, PageKey } from '../page.ts';
import { tool } from '../tool.ts';

export const oncallResolve = tool({
  name: 'oncall_resolve',
  access: 'write',
  title: 'Resolve a page',
  description: 'Close the page that oncall_page opened under a key.',
  reach: 'component',
  params: z.strictObject({ key: PageKey }),
  output: z.strictObject({ key: z.string(), resolved: z.literal(true) }),
  effect: {
    kind: 'update',
    irreversible:
      'nobody is called for a resolved page any more, and opening it again would call everybody anew',
  },
  scope: ({ name }, { key }) => ({ resources: [`${name}: page ${key}`], atMost: 1 }),
  async run({ client, signal, grant }, { key }) {
    await client.resolve(key, askerOf(grant), signal);
    return { key, resolved: true as const };
  },
});
