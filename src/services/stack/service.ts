import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';
import { components } from './tools/components.ts';
import { diff } from './tools/diff.ts';
import { explainAccess } from './tools/explain-access.ts';
import { impact } from './tools/impact.ts';
import { links } from './tools/links.ts';
import { neighbors } from './tools/neighbors.ts';
import { planRollback } from './tools/plan-rollback.ts';
import { proposeAction } from './tools/propose-action.ts';
import { rollback } from './tools/rollback.ts';
import { snapshot } from './tools/snapshot.ts';
import { test } from './tools/test.ts';
import { versions } from './tools/versions.ts';

/** The stack's own metadata, which every principal may read. No topology draws it: it is always there. */
export const stack = defineService({
  type: 'stack',
  layer: 'stack',
  title: 'Stack',
  description:
    'The components and links of the stack itself, why each tool is there, its smoke tests and its versions.',
  prefix: 'stack',
  builtIn: true,
  connection: z.strictObject({}),
  links: {},
  tools: [
    components,
    links,
    neighbors,
    impact,
    explainAccess,
    test,
    versions,
    diff,
    snapshot,
    planRollback,
    rollback,
    proposeAction,
  ],
  // Smoke tests and rollbacks make many calls, each with a deadline of its own.
  limits: { deadlineMs: 300_000 },
  connect: async () => (await import('./connect.ts')).connector,
});
