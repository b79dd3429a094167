import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';
import { components } from './tools/components.ts';
import { explainAccess } from './tools/explain-access.ts';
import { impact } from './tools/impact.ts';
import { links } from './tools/links.ts';
import { neighbors } from './tools/neighbors.ts';
import { test } from './tools/test.ts';

/** The stack's own metadata, which every principal may read. No topology draws it: it is always there. */
export const stack = defineService({
  type: 'stack',
  layer: 'stack',
  title: 'Stack',
  description: 'The components and links of the stack itself, why each tool is there, and its smoke tests.',
  prefix: 'stack',
  builtIn: true,
  connection: z.strictObject({}),
  links: {},
  tools: [components, links, neighbors, impact, explainAccess, test],
  connect: async () => (await import('./connect.ts')).connector,
});
