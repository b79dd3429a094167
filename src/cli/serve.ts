import type { OidcSettings } from '../server/auth/oidc.ts';
import { openLogger } from '../server/logger.ts';
import type { Metrics } from '../server/metrics.ts';
import type { StdioOptions } from '../server/stdio.ts';
import type { Tracing } from '../server/traced.ts';
import type { Stackward } from '../stackward.ts';
import { EXIT, type TopologyOptions, UsageError, type World, writeLine } from './command.ts';
import { withEnvFile } from './env-file.ts';
import { type OidcOptions, oidcOf } from './oidc-options.ts';
import { openStackward } from './open.ts';
import { mustBePrincipal } from './principal.ts';
import { shippingAudit } from './ship-audit.ts';

export interface ServeOptions extends TopologyOptions, OidcOptions {
  readonly http?: string;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly watch: boolean;
  /** Bring the database up to this release first. */
  readonly migrate: boolean;
  readonly logLevel: string;
  readonly operatorApproval?: boolean;
  readonly localOperator?: boolean;
  readonly stateless?: boolean;
  readonly envFile?: string;
  readonly toolsLimit?: number;
}

/** `stackward serve`: over stdio until the client goes away, or over HTTP until it is told to stop. */
export async function serve(options: ServeOptions, given: World): Promise<number> {
  const logger = openLogger(options.logLevel);
  const world = await withEnvFile(options.envFile ?? given.env.STACKWARD_ENV_FILE, given, (message) =>
    logger.warn(message),
  );
  const principal = options.as ?? world.env.STACKWARD_AGENT;
  const operatorApproval =
    options.operatorApproval === true || world.env.STACKWARD_OPERATOR_APPROVAL === 'true';
  const report = (level: 'info' | 'warn' | 'error', message: string) => logger[level](message);
  const oidc = oidcOf(options, world.env);
  if (options.oidcIssuer !== undefined && options.http === undefined)
    throw new UsageError('--oidc-issuer goes with --http');
  const { http, watch, toolsLimit, migrate: migrates } = options;
  const limit = toolsLimit === undefined ? {} : { toolsLimit };
  const opening = { watch, offersTopology: true, ...limit, operatorApproval, report, migrates };
  if (http === undefined) {
    const stackward = await openStackward(options, world, opening);
    try {
      if (principal !== undefined) mustBePrincipal(stackward.catalogs.graph(), principal);
      await shippingAudit(stackward, { env: world.env, warn: (message) => logger.warn(message) }, () =>
        traced(world, 'pipe', logger, (tracing) => overStdio(stackward, { principal, logger, ...tracing })),
      );
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
    const shipping = {
      env: world.env,
      warn: (message: string) => logger.warn(message),
      onShipping: metrics.observeShipping,
    };
    await shippingAudit(stackward, shipping, () =>
      traced(world, 'tcp', logger, (tracing) =>
        overHttp(
          stackward,
          { options: { ...options, http }, principal, logger, metrics, tracing, oidc },
          world,
        ),
      ),
    );
  } finally {
    await stackward.close();
  }
  return EXIT.ok;
}

/** Runs `work` with tracing where the environment names a collector; the libraries are loaded then alone. */
async function traced<T>(
  { env }: World,
  transport: 'pipe' | 'tcp',
  logger: ReturnType<typeof openLogger>,
  work: (tracing: { tracing?: Tracing }) => Promise<T>,
): Promise<T> {
  const isWanted = Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  if (!isWanted || env.OTEL_SDK_DISABLED === 'true') return work({});
  const { openTracing } = await import('../server/tracing.ts');
  const tracing = openTracing({ transport, onProblem: (message) => logger.warn(message) });
  return work({ tracing }).finally(() => tracing.close());
}

async function overHttp(
  stackward: Stackward,
  {
    options,
    principal,
    logger,
    metrics,
    tracing,
    oidc,
  }: {
    options: ServeOptions & { readonly http: string };
    principal: string | undefined;
    logger: ReturnType<typeof openLogger>;
    metrics: Metrics;
    tracing: { tracing?: Tracing };
    oidc: OidcSettings | undefined;
  },
  world: World,
): Promise<void> {
  const { serveHttp } = await import('../server/http.ts');
  const { triageOverHttp } = await import('./serve-triage.ts');
  const triage = await triageOverHttp(stackward, { error: (message) => logger.error(message) });
  const serving = await serveHttp(stackward, {
    ...(triage.incidents ? { incidents: triage.incidents } : {}),
    ...tracing,
    ...addressOf(options.http),
    ...(principal === undefined ? {} : { principal }),
    allowedHosts: options.allowHost ?? [],
    allowedOrigins: options.allowOrigin ?? [],
    localOperator: options.localOperator === true,
    stateless: options.stateless === true || world.env.STACKWARD_STATELESS === 'true',
    ...(oidc ? { oidc } : {}),
    logger,
    metrics,
  });
  writeLine(world.stderr, `stackward serves ${serving.url}/mcp, and its console at ${serving.url}/console`);
  await untilToldToStop();
  await serving.close();
  await triage.close();
}

async function overStdio(stackward: Stackward, options: StdioOptions): Promise<void> {
  const [{ serveStdioFor }, { triageOverStdio }] = await Promise.all([
    import('../server/stdio.ts'),
    import('./serve-triage.ts'),
  ]);
  const triage = await triageOverStdio(stackward);
  const serving = serveStdioFor(stackward, options);
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
export const untilToldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
