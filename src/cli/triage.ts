import { escapeUnsafe } from '../audit/safe-text.ts';
import type { RunEvent } from '../triage/events.ts';
import { SCENARIOS } from '../triage/mock/scenarios/index.ts';
import type { RunResult } from '../triage/run-hardened.ts';
import { runScenario } from '../triage/scenario-run.ts';
import { EXIT, type TopologyOptions, UsageError, type World, writeJson, writeLine } from './command.ts';
import { bold, cyan, dim, green, red, table, yellow } from './print.ts';

export interface TriageOptions extends TopologyOptions {
  readonly scenario?: string;
  readonly naive?: boolean;
  readonly listScenarios?: boolean;
  readonly alert?: string;
  readonly follow?: boolean;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly stdio?: boolean;
}

/** `stackward triage`: one incident, from its alert to its end, on the mock or on the stack. */
export async function triage(options: TriageOptions, world: World): Promise<number> {
  if (options.listScenarios) return listScenarios(options, world);
  if (options.naive && options.scenario === undefined)
    throw new UsageError('--naive runs on the mock alone: add --scenario NAME');
  if ((options.scenario === undefined) === (options.alert === undefined))
    throw new UsageError('say either --scenario NAME, --alert FILE or --list-scenarios');
  const isRemote = options.url !== undefined || options.stdio === true;
  if (isRemote && options.alert === undefined) throw new UsageError('--url and --stdio go with --alert FILE');
  if (options.url !== undefined && options.stdio)
    throw new UsageError('say either --url or --stdio: a triage works with one server');
  if (options.tokenFile !== undefined && options.url === undefined)
    throw new UsageError('--token-file goes with --url');
  if (options.scenario !== undefined) return onMock(options.scenario, options, world);
  const { triageAlert } = await import('./triage-alert.ts');
  return triageAlert(options.alert ?? '', options, world);
}

function listScenarios({ json }: TriageOptions, world: World): number {
  const scenarios = SCENARIOS.map(({ name, title, expected }) => ({ name, title, expected }));
  if (json) writeJson(world.stdout, { scenarios });
  else writeLine(world.stdout, table(scenarios.map(({ name, title, expected }) => [name, expected, title])));
  return EXIT.ok;
}

async function onMock(name: string, { naive = false, json = false }: TriageOptions, world: World) {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario)
    throw new UsageError(
      `there is no scenario '${name}'; there are: ${SCENARIOS.map((one) => one.name).join(', ')}`,
    );
  const result = await runScenario(scenario, { naive, tell: (event) => printEvent(event, json, world) });
  return exitOf(result);
}

/** 0 for what needs nobody any more, 3 for what a gate refused, 1 for everything else. */
export const exitOf = ({ ending }: RunResult): number => {
  if (ending === 'healed' || ending === 'nothing_to_do') return EXIT.ok;
  return ending === 'denied' ? EXIT.denied : EXIT.failed;
};

/** An event as a line of JSON, or as one for people. */
export function printEvent(event: RunEvent, json: boolean, world: World): void {
  const said = sayEvent(event);
  if (json) writeLine(world.stdout, escapeUnsafe(JSON.stringify(event)));
  else if (said !== undefined)
    writeLine(
      world.stdout,
      `${dim(`${event.seq}`.padStart(3))}  ${said.paint(said.label)}  ${escapeUnsafe(said.text)}`,
    );
}

/** What an event says to people, and how its label is coloured; undefined for one that only says that something goes on. */
export function sayEvent(
  event: RunEvent,
): { paint: (text: string) => string; label: string; text: string } | undefined {
  switch (event.type) {
    case 'step':
      if (event.state !== 'finished') return undefined;
      return { paint: cyan, label: event.step, text: event.detail };
    case 'gate': {
      const { passed, checks, reasons } = event.verdict;
      const text = passed ? `${checks.length} checks passed` : `refused: ${reasons.join('; ')}`;
      return { paint: passed ? green : yellow, label: `${event.gate} gate`, text };
    }
    case 'fallback':
      return { paint: yellow, label: 'fallback', text: `${event.from} -> ${event.to}: ${event.why}` };
    case 'action': {
      const place = event.audit_seq === undefined ? '' : ` (audit ${event.audit_seq})`;
      const label = event.phase === 'way_back' ? 'way back' : event.phase;
      return { paint: bold, label, text: `${event.detail}${place}` };
    }
    case 'blocked': {
      const place = event.audit_seq === undefined ? '' : ` (audit ${event.audit_seq})`;
      return { paint: red, label: 'blocked', text: `${event.what}${place}: ${event.reasons.join('; ')}` };
    }
    case 'breaker':
      return { paint: yellow, label: 'breaker', text: `${event.route} is ${event.state}` };
    case 'done':
      return { paint: bold, label: 'done', text: `${event.ending}: ${event.reason}` };
  }
}
