import { assemble } from '../../src/assemble.ts';
import { ownTools } from '../../src/cli/serve-triage.ts';
import { serveHttp } from '../../src/server/http.ts';
import { SERVICES_BY_TYPE } from '../../src/services/by-type.ts';
import { servicesByType } from '../../src/toolset/service-source.ts';
import { readAlerts } from '../../src/triage/alert.ts';
import { openIncidents } from '../../src/triage/incidents.ts';

// `triage-replica FILE DATA`: a replica whose triage stands by over HTTP, with a short watch over heals. It says its
// URL, and how each run ended here that one of its own alerts opened or took up.
const [topology = '', data = ''] = process.argv.slice(2);
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const stackward = await assemble({
  topology,
  data,
  env: process.env,
  services: servicesByType(SERVICES_BY_TYPE),
  watch: false,
  migrates: true,
  report: () => {},
});
const tools = await ownTools(stackward, 'triage');
const incidents = await openIncidents(stackward, {
  tools,
  limits: { windowMs: 40, lookEveryMs: 10 },
  report: (message) => process.stderr.write(`${message}\n`),
});
const serving = await serveHttp(stackward, {
  port: 0,
  incidents: {
    ...incidents,
    async alert(body) {
      const opened = await Promise.all(
        readAlerts(body, stackward.catalogs.graph(), Date.now()).map(incidents.desk.open),
      );
      for (const { ended } of opened) void ended?.then(say);
      return opened.map(({ run, joined }) => ({ run, joined }));
    },
  },
});
say({ url: serving.url });
process.once('SIGTERM', async () => {
  await serving.close();
  await incidents.close();
  await tools.close();
  await stackward.close();
  process.exit(0);
});
