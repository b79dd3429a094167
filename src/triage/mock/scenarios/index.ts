import { ToolError } from '../../../toolset/errors.ts';
import type { Scenario } from '../scenario.ts';
import {
  alertStorm,
  healthy,
  noDeploy,
  oldDeploy,
  protectedCulprit,
  redHerring,
  twoCulprits,
} from './escalates.ts';
import { badDeploy, flappingHeal, poisonedLogs, rollbackFails } from './heals.ts';

/** Every incident script, as `stackward triage --list-scenarios` lists them. */
export const SCENARIOS: readonly Scenario[] = [
  badDeploy,
  redHerring,
  noDeploy,
  protectedCulprit,
  twoCulprits,
  poisonedLogs,
  flappingHeal,
  rollbackFails,
  healthy,
  oldDeploy,
  alertStorm,
];

/** Throws ToolError('not_found') naming those there are. */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (found) return found;
  const names = SCENARIOS.map((one) => one.name).join(', ');
  throw new ToolError('not_found', `there is no scenario '${name}'; there are: ${names}`);
}
