import { expect, test } from 'vitest';
import { SERVICES } from '../../../src/services/index.ts';
import { everyTool } from '../../../src/toolset/every-tool.ts';
import { SERVERS, TWINS } from './labs/index.ts';

const LABS = [...SERVERS, ...TWINS];
/** What it does are the calls that it makes, each of which has a version of its own. */
const RELAYS = ['stack_rollback'];
/** Needs a triage that works in the same process: test/services/agent takes it back. */
const ELSEWHERE = ['incident_open'];
const EVERY = everyTool(SERVICES.values());
const names = (tools: readonly string[]) => [...new Set(tools)].sort();

test('every write tool that says that it can be taken back is taken back here', () => {
  const reversible = EVERY.filter((one) => one.reversible === true).map(({ tool }) => tool);
  expect(names([...ELSEWHERE, ...LABS.flatMap(({ tools }) => tools)])).toEqual(names(reversible));
});

test('every other write tool is shown here not to be taken back', () => {
  const others = EVERY.filter((one) => one.reversible === false).map(({ tool }) => tool);
  expect(names([...RELAYS, ...LABS.flatMap(({ toolsForGood }) => toolsForGood)])).toEqual(names(others));
});
