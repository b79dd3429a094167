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
