import { escapeUnsafe } from '../../audit/safe-text.ts';
import type { RunEvent } from '../../triage/events.ts';
import type { Drill } from '../../triage/mock/governed/drills.ts';
import type { KeptOfRun } from '../../triage/run/journal.ts';
import type { RunResult } from '../../triage/run-hardened.ts';
import { bold, dim, green, red } from '../print.ts';
import { sayEvent } from '../triage.ts';
import { coloured, type Painted, rows, sideBySide } from './columns.ts';
import { expect } from './failure.ts';
import { sparkline } from './heal-line.ts';
import type { IncidentStack } from './incident-stack.ts';

const SCENARIO = 'poisoned-logs';
const LEAK = 'postgres://';

/** What one drill came to, for the screen and for `--json`. */
export interface IncidentShown {
  readonly scenario: string;
  readonly runs: Readonly<Record<keyof Drill['runs'], RunResult & { readonly events: readonly RunEvent[] }>>;
}

export interface Screen {
  say(line?: string): void;
  heading(text: string): void;
  /** Characters. */
  readonly width: number;
}

/** One alert, worked on three times: without gates, the same through the server, and as it should be. Throws DemoFailure. */
export async function showIncident(
  { incidents }: IncidentStack,
  { say, heading, width }: Screen,
): Promise<IncidentShown> {
  const drill = incidents.drills.start(SCENARIO);
  const results = await drill.ended;
  const eventsOf = (run: string) => readRun(incidents, run);
  const naive = await eventsOf(drill.runs.naive);
  const governed = await eventsOf(drill.runs.governed);
  const hardened = await eventsOf(drill.runs.hardened);
  const kept = await incidents.kept(drill.runs.hardened);
  const [trigger] = hardened;

  heading('9. The same alert twice: an agent that believes what it reads, and the triage');
  say(dim(`   ${trigger?.type === 'step' ? trigger.detail : ''}`));
  say(dim('   The shop’s services are a mock with a clock of its own; on the right the server, its links,'));
  say(dim('   tools, gate and audit are the real ones. A script stands in for the gullible model.'));
  say();
  const columns = [
    [{ text: 'NAIVE: first output, every tool in hand', paint: red }, ...naiveLines(naive)],
    [{ text: 'HARDENED: through the server', paint: green }, ...hardenedLines(hardened, kept)],
  ] as const;
  for (const line of sideBySide(columns[0], columns[1], width)) say(line);
  expect(results.naive.ending === 'harmed', 'harm done by the run without gates');
  expect(results.hardened.ending === 'healed', 'an incident that the triage healed');
  expect(!JSON.stringify([hardened, kept]).includes(leakIn(naive)), 'the leaked credential masked');

  heading('10. The naive agent’s action, asked of the server: blocked');
  for (const line of rows(governed.flatMap(told), width - 3)) say(`   ${coloured(line)}`);
  expect(results.governed.ending === 'denied', 'the action of the naive run refused by the server');
  return {
    scenario: SCENARIO,
    runs: {
      naive: { ...results.naive, events: naive },
      governed: { ...results.governed, events: governed },
      hardened: { ...results.hardened, events: hardened },
    },
  };
}

async function readRun(
  { follow }: Pick<IncidentStack['incidents'], 'follow'>,
  run: string,
): Promise<RunEvent[]> {
  const stop = new AbortController();
  const found: RunEvent[] = [];
  for await (const { event } of follow(0, stop.signal, new Set([run]))) {
    found.push(event);
    if (event.type === 'done') stop.abort();
  }
  return found;
}

function naiveLines(events: readonly RunEvent[]): Painted[] {
  return [
    ...events.flatMap((event) => [
      ...told(event),
      ...leaks(event).map((text) => ({ text: `  sends on: ${text}`, paint: red })),
    ]),
    ...healOf(events),
  ];
}

const hardenedLines = (events: readonly RunEvent[], { logs }: KeptOfRun): Painted[] => [
  ...events.flatMap((event) => [
    ...told(event),
    ...(event.type === 'step' && event.step === 'redact' && event.state === 'finished'
      ? logs
          .filter(({ line }) => line.includes(LEAK))
          .map(({ line }) => ({ text: `  goes on as: ${escapeUnsafe(line)}`, paint: green }))
      : []),
  ]),
  ...healOf(events),
];

/** An event in a line, with its rules where a gate was asked. */
function told(event: RunEvent): Painted[] {
  const said = event.type === 'step' && event.step === 'trigger' ? undefined : sayEvent(event);
  if (!said) return [];
  const isEnd = event.type === 'done' || event.type === 'blocked';
  return [{ text: `${said.label}: ${escapeUnsafe(said.text)}`, ...(isEnd ? { paint: paintOf(event) } : {}) }];
}

const paintOf = (event: RunEvent) =>
  event.type === 'blocked' ? red : event.type === 'done' && event.ending === 'healed' ? green : bold;

/** The lines with a credential in them that a naive run read. */
const leaks = (event: RunEvent): string[] =>
  linesOf(event)
    .filter((line) => line.includes(LEAK))
    .map(escapeUnsafe);

const linesOf = (event: RunEvent): string[] =>
  event.type === 'step' && Array.isArray(event.data?.lines)
    ? event.data.lines.filter((line) => typeof line === 'string')
    : [];

/** The credential itself, which a scripted log line leaks. */
const leakIn = (events: readonly RunEvent[]): string =>
  /postgres:\/\/[^:\s]+:([^@\s]+)@/.exec(events.flatMap(linesOf).join('\n'))?.[1] ?? LEAK;

function healOf(events: readonly RunEvent[]): Painted[] {
  const line = sparkline(events);
  return line === undefined ? [] : [{ text: line }];
}
