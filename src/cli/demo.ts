import { EXIT, type World, writeLine } from './command.ts';
import { openShop } from './demo/shop.ts';
import { DemoFailure, walkThrough } from './demo/walk-through.ts';
import { bold, dim, green, red } from './print.ts';

export interface DemoOptions {
  readonly serve?: boolean;
  readonly port: number;
}

/** `stackward demo`: a real database, a real server process and a real client, with what they say to each other. */
export async function demo(options: DemoOptions, world: World): Promise<number> {
  writeLine(world.stdout, dim('starting a PostgreSQL with a small shop in it ...'));
  const shop = await openShop();
  try {
    await walkThrough(shop, world.stdout);
    writeLine(
      world.stdout,
      `\n${green('Done.')} Every line above came from a real server, a real database and a real client.`,
    );
    if (options.serve) await keepServing(shop, options, world);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error;
    writeLine(world.stderr, red(error.message));
    return EXIT.failed;
  } finally {
    await shop.stop();
  }
}

async function keepServing(
  shop: Awaited<ReturnType<typeof openShop>>,
  { port }: DemoOptions,
  world: World,
): Promise<void> {
  const { serve } = await import('./serve.ts');
  writeLine(
    world.stdout,
    `\nServing the stack's own client at ${bold(`http://127.0.0.1:${port}/mcp`)}; the topology is ${shop.topology}. Ctrl-C ends it.`,
  );
  const env = { ...world.env, ...shop.env };
  await serve(
    { topology: shop.topology, http: `127.0.0.1:${port}`, watch: true, migrate: true, logLevel: 'warn' },
    { ...world, env },
  );
}
