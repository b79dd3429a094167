import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Relayed, StackView } from '../../../toolset/define.ts';
import type { Component } from '../../../topology/graph.ts';
import { type SmokeTest, withNonce } from '../../../topology/smoke-test.ts';
import { unmet } from '../expectation.ts';
import { ToolError, tool } from '../tool.ts';

const Outcome = z.enum(['passed', 'failed', 'refused', 'error']);

const Step = z.strictObject({
  tool: z.string(),
  target: z.string(),
  outcome: Outcome,
  detail: z.string().optional().describe('Why it did not pass'),
  call: z.string().describe('Id of the call in the audit'),
});
type Step = z.output<typeof Step>;

const Ran = z.strictObject({
  test: z.string(),
  outcome: Outcome,
  duration_ms: z.number().int(),
  steps: z.array(Step).describe('Up to the first that did not pass'),
});
type Ran = z.output<typeof Ran>;

export const test = tool({
  name: 'stack_test',
  access: 'read',
  reach: 'stack',
  relays: true,
  title: 'Run smoke tests',
  description:
    'Run the smoke tests that the topology declares for a component. Each step is a call of yours: what you may not do is refused.',
  params: z.strictObject({
    component: z.string().min(1).max(64),
    test: z.string().min(1).max(64).optional().describe('Only the test of this name'),
  }),
  output: z.strictObject({
    component: z.string(),
    passed: z.boolean().describe('Every test passed'),
    tests: z.array(Ran),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'tests',
  async run({ stack, signal, session }, { component: name, test: only }) {
    const component = stack.graph.components.get(name);
    if (!component) throw new ToolError('not_found', `the topology names no component '${name}'`);
    const declared = Object.entries(component.tests ?? {}).filter(
      ([test]) => only === undefined || test === only,
    );
    if (declared.length === 0) throw new ToolError('not_found', missing(component, only));
    const tests: Ran[] = [];
    for (const [test, steps] of declared) {
      // What a call that is over would still make is only recorded as cancelled, once for each test.
      if (signal.aborted) break;
      await session?.progress(tests.length, declared.length, test);
      tests.push(await runTest(stack, component, test, steps, signal));
    }
    return {
      component: name,
      passed: tests.length === declared.length && tests.every(({ outcome }) => outcome === 'passed'),
      tests,
      truncated: false,
    };
  },
});

const missing = ({ name, tests }: Component, only: string | undefined): string => {
  const known = Object.keys(tests ?? {}).join(', ');
  return known === ''
    ? `the topology declares no tests for ${name}; add them under its field 'tests'`
    : `${name} has no test '${only}'; it has: ${known}`;
};

async function runTest(
  stack: StackView,
  { name: component }: Component,
  name: string,
  declared: SmokeTest,
  signal: AbortSignal,
): Promise<Ran> {
  const started = performance.now();
  const { steps } = withNonce(declared, `sw${randomBytes(6).toString('hex')}`);
  const ran: Step[] = [];
  for (const { tool: toolName, sub, args, expect } of steps) {
    const target = sub === undefined ? component : `${component}/${sub}`;
    const own = stack.tools().find(({ tool: { name: known } }) => known === toolName)?.targets ?? [];
    // A component with one part alone may leave it out; then the part is the target.
    const named = own.includes(target) ? target : (onlyPart(own, target) ?? target);
    const answer = await stack.call(toolName, { ...args, target: named }, signal);
    ran.push({ tool: toolName, target: named, call: answer.callId, ...judge(answer, expect) });
    if (ran.at(-1)?.outcome !== 'passed') break;
  }
  return {
    test: name,
    outcome: ran.at(-1)?.outcome ?? 'failed',
    duration_ms: Math.round(performance.now() - started),
    steps: ran,
  };
}

function onlyPart(targets: readonly string[], component: string): string | undefined {
  const parts = targets.filter((one) => one.startsWith(`${component}/`));
  return parts.length === 1 ? parts[0] : undefined;
}

function judge(
  { outcome, text, structured }: Relayed,
  expect: SmokeTest['steps'][number]['expect'],
): Pick<Step, 'outcome' | 'detail'> {
  if (outcome === 'denied') return { outcome: 'refused', detail: text };
  if (outcome !== 'ok' || !structured) return { outcome: 'error', detail: text };
  for (const one of expect) {
    const fault = unmet(structured, one);
    if (fault !== undefined) return { outcome: 'failed', detail: fault };
  }
  return { outcome: 'passed' };
}
