import { z } from 'zod';
import type { ComponentType, Operation } from './component-type.ts';
import type { Findings } from './findings.ts';
import type { Entry } from './graph.ts';
import { type MapNode, nodeAt } from './tree.ts';
import { type Advice, quote } from './words.ts';

const Scalar = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);
const Count = z.number().int().min(0);

/** What one place of a result has to be. Every condition that is named must hold. */
export const Expectation = z
  .strictObject({
    at: z
      .string()
      .regex(
        /^[^.]+(\.[^.]+)*$/,
        'names joined by dots, such as rows.0.total; * stands for any item of a list',
      )
      .max(200)
      .describe('Place in the result: `rows.0.total`; `*` stands for any item of a list'),
    equals: Scalar.optional(),
    one_of: z.array(Scalar).min(1).max(50).optional(),
    contains: z.string().min(1).max(2_000).optional().describe('Text that the text holds'),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
    items_at_least: Count.optional(),
    items_at_most: Count.optional(),
  })
  .refine(
    ({ at: _at, ...conditions }) => Object.values(conditions).some((value) => value !== undefined),
    'needs a condition: equals, one_of, contains, at_least, at_most, items_at_least or items_at_most',
  );
export type Expectation = z.output<typeof Expectation>;

const Step = z.strictObject({
  tool: z.string().max(48).describe('An operation of the component’s type'),
  sub: z.string().max(63).optional().describe('The sub-component to call it on, where there are several'),
  args: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Its arguments; `{nonce}` in a text becomes a word that no other run has'),
  expect: z.array(Expectation).max(50).default([]),
});

/** One declared smoke test: calls in order, each with what its result has to be. */
export const SmokeTest = z.strictObject({
  description: z.string().min(1).max(500).optional(),
  steps: z.array(Step).min(1).max(20),
});
export type SmokeTest = z.output<typeof SmokeTest>;

/** The smoke tests of one component, by name. */
export const SmokeTests = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a test’s name has lower-case letters, digits, - and _'),
  SmokeTest,
);
export type SmokeTests = z.output<typeof SmokeTests>;

const NONCE = '{nonce}';

/** Puts a run's word where a declaration has `{nonce}`, in every text of a value. */
export function withNonce<T>(value: T, nonce: string): T {
  return JSON.parse(JSON.stringify(value), (_key, part) =>
    typeof part === 'string' ? part.replaceAll(NONCE, nonce) : part,
  );
}

/** Reports each step that could never run: an operation that the type does not have, a part that is not there, wrong arguments. */
export function checkSmokeTests(
  component: { readonly name: string; readonly node: MapNode; readonly type: ComponentType },
  tests: SmokeTests,
  subs: ReadonlyMap<string, Entry>,
  findings: Findings,
): void {
  const operations = (component.type.tools ?? []).filter(({ reach }) => reach !== 'stack');
  for (const [name, { steps }] of Object.entries(tests))
    for (const [index, step] of steps.entries()) {
      const place = ['tests', name, 'steps', index] as const;
      const owner = `step ${index + 1} of test ${quote(name)} of component ${quote(component.name)}`;
      const report = (field: string, message: string, hint?: Advice) =>
        findings.error(
          nodeAt(component.node, [...place, field]) ?? nodeAt(component.node, place) ?? component.node,
          `${owner} ${message}`,
          hint,
        );
      const tool = operations.find((one) => one.name === step.tool);
      if (!tool) {
        const known = operations.map((one) => one.name);
        report(
          'tool',
          `names ${quote(step.tool)}, which is no operation of ${component.type.type}`,
          findings.advise(step.tool, known),
        );
        continue;
      }
      checkSub(tool, step.sub, subs, (message) => report('sub', message));
      const parsed = tool.params.safeParse(withNonce(step.args, 'nonce'));
      if (!parsed.success)
        report('args', `has arguments that ${tool.name} does not take: ${z.prettifyError(parsed.error)}`);
    }
}

function checkSub(
  tool: Operation,
  sub: string | undefined,
  subs: ReadonlyMap<string, Entry>,
  report: (message: string) => void,
): void {
  const accepted = [...subs.keys()];
  if (tool.reach === 'component' || subs.size === 0) {
    if (sub !== undefined)
      report(`names a part, and ${tool.name} works on the component as a whole: remove "sub"`);
  } else if (sub === undefined) {
    if (subs.size > 1)
      report(`has to say on which part ${tool.name} works: add "sub", one of ${accepted.join(', ')}`);
  } else if (!subs.has(sub))
    report(`names ${quote(sub)}, which the component does not have; it has ${accepted.join(', ')}`);
}
