import { z } from 'zod';
import { tool } from '../tool.ts';
import { Summary } from '../version-shapes.ts';

export const snapshot = tool({
  name: 'stack_snapshot',
  access: 'read',
  reach: 'stack',
  title: 'Make a version now',
  description: 'Capture the configuration of every linked component as a new version.',
  params: z.strictObject({ note: z.string().trim().min(1).max(200).optional() }),
  output: Summary.extend({
    missed: z.record(z.string(), z.string()).describe('Components that could not be read, and why'),
  }),
  run: ({ stack }, { note }) => stack.versions.snapshot(note),
});
