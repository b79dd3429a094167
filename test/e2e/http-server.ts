import { assemble } from '../../src/assemble.ts';
import { serveHttp } from '../../src/server/http.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import { openFixture } from '../server/fixture-service.ts';

/** Serves the fixture over HTTP until it is told to stop: one replica of several on a data directory. */
const [topology = '', data = '', stateless] = process.argv.slice(2);
const stackward = await assemble({
  topology,
  data,
  env: { MCP_STORE_WRITE_ACCESS: 'true' },
  services: servicesAtHand(openFixture().services),
  watch: false,
  report: () => {},
});
const serving = await serveHttp(stackward, { port: 0, stateless: stateless === 'stateless' });
process.stdout.write(`${serving.url}\n`);
process.once('SIGTERM', async () => {
  await serving.close();
  await stackward.close();
  process.exit(0);
});
