import { z } from 'zod';
import { EXIT, type TopologyOptions, UsageError, type World, writeJson, writeLine } from './command.ts';
import { openStackward } from './open.ts';
import { bold, dim, green, red, yellow } from './print.ts';

const Result = z.object({
  component: z.string(),
  passed: z.boolean(),
  tests: z.array(
    z.object({
      test: z.string(),
      outcome: z.enum(['passed', 'failed', 'refused', 'error']),
      duration_ms: z.number(),
      steps: z.array(z.object({ tool: z.string(), target: z.string(), detail: z.string().optional() })),
    }),
  ),
});
type Result = z.output<typeof Result>;

/** `stackward test`: the declared smoke tests of one component, or of every one that has some. Fails unless all pass. */
export async function test(
  component: string | undefined,
  options: TopologyOptions,
  world: World,
): Promise<number> {
  const stackward = await openStackward(options, world);
  try {
    const { components } = stackward.catalogs.graph();
    const names =
      component === undefined
        ? [...components.values()].filter(({ tests }) => tests).map(({ name }) => name)
        : [component];
    if (names.length === 0)
      throw new UsageError('the topology declares no tests; add them to a component under "tests"');
    const results: Result[] = [];
    for (const name of names) {
      const answer = await stackward.call({
        principal: options.as ?? world.env.STACKWARD_AGENT,
        id: results.length + 1,
        toolName: 'stack_test',
        args: { component: name },
        signal: new AbortController().signal,
      });
      if (!answer.structured) throw new UsageError(answer.text);
      const result = Result.parse(answer.structured);
      results.push(result);
      if (!options.json) print(result, world);
    }
    const passed = results.every((one) => one.passed);
    if (options.json) writeJson(world.stdout, { passed, components: results });
    else writeLine(world.stdout, summary(results));
    return passed ? EXIT.ok : EXIT.failed;
  } finally {
    await stackward.close();
  }
}

const MARKS = {
  passed: green('passed'),
  failed: red('failed'),
  refused: yellow('refused'),
  error: red('error'),
};

function print({ component, tests }: Result, world: World): void {
  writeLine(world.stdout, bold(component));
  for (const { test, outcome, duration_ms: ms, steps } of tests) {
    writeLine(world.stdout, `  ${MARKS[outcome]}  ${test}  ${dim(`${ms} ms`)}`);
    const last = steps.at(-1);
    if (outcome !== 'passed' && last)
      writeLine(
        world.stdout,
        `    ${last.tool} on ${last.target}: ${last.detail?.split('\n').join('\n    ')}`,
      );
  }
}

function summary(results: readonly Result[]): string {
  const outcomes = results.flatMap(({ tests }) => tests.map(({ outcome }) => outcome));
  const passed = outcomes.filter((outcome) => outcome === 'passed').length;
  return dim(`${passed} of ${outcomes.length} tests passed`);
}
