import { openLogger } from '../server/logger.ts';
import type { Stackward } from '../stackward.ts';
import { EXIT, type TopologyOptions, UsageError, type World, writeLine } from './command.ts';
import { openStackward } from './open.ts';
import { mustBePrincipal } from './principal.ts';

export interface ServeOptions extends TopologyOptions {
  readonly http?: string;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly watch: boolean;
  readonly logLevel: string;
  readonly operatorApproval?: boolean;
  readonly localOperator?: boolean;
}

/** `stackward serve`: over stdio until the client goes away, or over HTTP until it is told to stop. */
export async function serve(options: ServeOptions, world: World): Promise<number> {
  const logger = openLogger(options.logLevel);
  const principal = options.as ?? world.env.STACKWARD_AGENT;
  const operatorApproval =
    options.operatorApproval === true || world.env.STACKWARD_OPERATOR_APPROVAL === 'true';
  const report = (level: 'info' | 'warn' | 'error', message: string) => logger[level](message);
  const opening = { watch: options.watch, operatorApproval, report };
  if (options.http === undefined) {
    const stackward = await openStackward(options, world, opening);
    try {
      if (principal !== undefined) mustBePrincipal(stackward.catalogs.graph(), principal);
      await overStdio(stackward, principal, logger);
    } finally {
      await stackward.close();
    }
    return EXIT.ok;
  }
  const { openMetrics } = await import('../server/metrics.ts');
  const metrics = openMetrics();
  const stackward = await openStackward(options, world, { ...opening, meter: metrics.meter });
  try {
    if (principal !== undefined) mustBePrincipal(stackward.catalogs.graph(), principal);
    const { serveHttp } = await import('../server/http.ts');
    const { triageOverHttp } = await import('./serve-triage.ts');
    const triage = await triageOverHttp(stackward, { error: (message) => logger.error(message) });
    const serving = await serveHttp(stackward, {
      ...(triage.incidents ? { incidents: triage.incidents } : {}),
      ...addressOf(options.http),
      ...(principal === undefined ? {} : { principal }),
      allowedHosts: options.allowHost ?? [],
      allowedOrigins: options.allowOrigin ?? [],
      localOperator: options.localOperator === true,
      logger,
      metrics,
    });
    writeLine(world.stderr, `stackward serves ${serving.url}/mcp, and its console at ${serving.url}/console`);
    await untilToldToStop();
    await serving.close();
    await triage.close();
  } finally {
    await stackward.close();
  }
  return EXIT.ok;
}

async function overStdio(
  stackward: Stackward,
  principal: string | undefined,
  logger: ReturnType<typeof openLogger>,
): Promise<void> {
  const [{ serveStdioFor }, { triageOverStdio }] = await Promise.all([
    import('../server/stdio.ts'),
    import('./serve-triage.ts'),
  ]);
  const triage = await triageOverStdio(stackward);
  const serving = serveStdioFor(stackward, { principal, logger });
  await Promise.race([serving.ended, untilToldToStop()]);
  await serving.close();
  await triage.close();
}

/** `8080`, `0.0.0.0:8080`, `[::1]:8080`. */
function addressOf(text: string): { host?: string; port: number } {
  const [, host, digits] = /^(?:(\[[^\]]+\]|[^:]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new UsageError(`--http ${text} is no port or host:port; for instance: --http 8080`);
  return host === undefined ? { port } : { host: host.replace(/^\[|\]$/g, ''), port };
}

/** Once told to stop, a second signal changes nothing: npm sends one more, and calls in flight have to end. */
const untilToldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
