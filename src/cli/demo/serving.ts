import { makeToken } from '../../server/auth/local-tokens.ts';
import { openLogger } from '../../server/logger.ts';
import type { Metrics } from '../../server/metrics.ts';
import { openTokenFiles } from '../../store/token-files.ts';
import { UsageError } from '../command.ts';
import { bold, dim } from '../print.ts';
import { untilToldToStop } from '../serve.ts';
import type { Screen } from './incident.ts';
import type { IncidentStack } from './incident-stack.ts';

interface ServingOptions {
  readonly port: number;
  readonly metrics: Metrics;
}

/**
 * Serves the incident's stack with its console, its events and the incident buttons, to whoever has its one token,
 * which lives as long as the demo's folder. Throws UsageError where the port is taken.
 */
export async function serveDemo({ stackward, incidents, topology }: IncidentStack, options: ServingOptions) {
  const { serveHttp } = await import('../../server/http.ts');
  const { token } = await makeToken(openTokenFiles(stackward.dataDir), { principal: 'stack' });
  const serving = await serveHttp(stackward, {
    port: options.port,
    incidents,
    logger: openLogger('warn'),
    metrics: options.metrics,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`port ${options.port} is taken; name another with --port`);
  });
  const bearer = `-H 'Authorization: Bearer ${token}'`;
  return {
    describe({ say, heading }: Screen): void {
      heading('The demo’s server is up');
      say(`   console   ${bold(`${serving.url}/console/runs`)}`);
      say(`   sign in   ${bold(token)}`);
      say(`   events    curl -N ${bearer} ${serving.url}/events`);
      say(`   MCP       ${serving.url}/mcp, with the same token`);
      say(`   topology  ${topology}`);
      say(dim('   Ctrl-C ends it and removes all that it made.'));
    },
    untilToldToStop,
    stop: () => serving.close(),
  };
}
