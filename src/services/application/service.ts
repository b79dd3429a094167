import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';

/** A program of the stack that no service of its own serves. It yields no tools. */
export const application = defineService({
  type: 'application',
  prefix: 'app',
  layer: 'operations',
  title: 'Application',
  description: 'A program of the stack; metadata only, which tools of other services refer to.',
  connection: z.strictObject({}),
  links: {
    calls: { description: 'calls it' },
    depends_on: { description: 'cannot work without it' },
    observes: { description: 'watches its state' },
    operates: { description: 'is responsible for running it' },
  },
  tools: [],
});
