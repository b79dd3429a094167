import { join } from 'node:path';
import { EXIT, type World, writeJson, writeLine } from './command.ts';
import { showAudit } from './demo/audit-step.ts';
import { widthOf } from './demo/columns.ts';
import { DemoFailure } from './demo/failure.ts';
import { type Screen, showIncident } from './demo/incident.ts';
import { type IncidentStack, openIncidentStack } from './demo/incident-stack.ts';
import { showRollback } from './demo/rollback-step.ts';
import { serveDemo } from './demo/serving.ts';
import { openShop, type Shop } from './demo/shop.ts';
import { walkThrough } from './demo/walk-through.ts';
import { bold, dim, green, red } from './print.ts';

export interface DemoOptions {
  readonly serve?: boolean;
  readonly port: number;
  readonly json?: boolean;
}

/** How long each look at the heal takes on screen where somebody watches the run as it happens. Milliseconds. */
const WATCHED_PACE_MS = 700;

/** `stackward demo`: a real database, real servers and a real client, an incident on a mock, and what they say to each other. */
export async function demo(options: DemoOptions, world: World): Promise<number> {
  // What is told to people goes beside the JSON, which stands alone on standard output.
  const out = options.json ? world.stderr : world.stdout;
  const say = (line = '') => writeLine(out, line);
  const screen: Screen = {
    say,
    heading: (text) => say(`\n${bold(text)}`),
    width: widthOf(out, world.env),
  };
  say(dim('starting a PostgreSQL with a small shop in it ...'));
  const shop = await openShop();
  try {
    await withIncidentStack(shop, options, world, async (stack, serving) => {
      await walkThrough(shop, screen);
      await incident(stack, screen, options, world);
      serving?.describe(screen);
      await serving?.untilToldToStop();
    });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error;
    writeLine(world.stderr, red(error.message));
    return EXIT.failed;
  } finally {
    await shop.stop();
  }
}

/** What was opened is closed, whatever happens. It serves from the start where it shall: a port that is taken is told first. */
async function withIncidentStack(
  shop: Shop,
  { serve, port }: DemoOptions,
  world: World,
  work: (stack: IncidentStack, serving?: Awaited<ReturnType<typeof serveDemo>>) => Promise<void>,
): Promise<void> {
  const { openMetrics } = await import('../server/metrics.ts');
  const metrics = openMetrics();
  const stack = await openIncidentStack(shop, {
    paceMs: serve ? WATCHED_PACE_MS : 0,
    report: (message) => writeLine(world.stderr, message),
    meter: metrics.meter,
  });
  try {
    const serving = serve ? await serveDemo(stack, { port, metrics }) : undefined;
    try {
      await work(stack, serving);
    } finally {
      await serving?.stop();
    }
  } finally {
    await stack.close();
  }
}

/** The second half: one server whose stack has the mock's services beside the real database. */
async function incident(
  stack: IncidentStack,
  screen: Screen,
  options: DemoOptions,
  world: World,
): Promise<void> {
  const rollback = await showRollback(stack, screen);
  const shown = await showIncident(stack, screen);
  screen.heading('11. Both are in the audit, and the audit verifies');
  const records = await showAudit(join(stack.stackward.dataDir, 'audit'), screen.say, {
    tool: 'mock_rollback',
    limit: 4,
  });
  screen.say(
    `\n${green('Done.')} The server, the database, the client, the gate and the audit were real; the services of the incident were a mock.`,
  );
  if (options.json) writeJson(world.stdout, { incident: shown, rollback, audit: { ok: true, records } });
}
