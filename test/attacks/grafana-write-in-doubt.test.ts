import { afterEach, expect, test } from 'vitest';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { credentials, openGrafana } from '../services/grafana/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

let server: Awaited<ReturnType<typeof recordingServer>> | undefined;
afterEach(() => server?.close());

const BOARD = { meta: { folderUid: '' }, dashboard: { uid: 'd1', title: 'x', version: 1, panels: [] } };
const UPDATE = { dashboard: 'd1', version: 1, reason: 'x', title: 'y' };

/** A Grafana that answers reads well and each write so. */
async function writesEndIn(status: number, body: string) {
  server = await recordingServer(({ method }, response) => {
    if (method === 'GET') response.end(JSON.stringify(BOARD));
    else response.writeHead(status).end(body);
  });
  return openGrafana({ url: server.url, credentials });
}

test.each([
  [500, '{"message":"Error while connecting library panels"}'],
  [500, '{"results":{"A":{"error":"x"}}}'],
  [500, '{"status":"version-mismatch"}'],
  [502, '<html>'],
  [504, '{"message":"gateway timeout"}'],
  // Grafana answers so where the change was only handed on to a listener.
  [202, '{"status":"pending","message":"changes were broadcast to the gitops listener"}'],
  [200, '{"status":"success"}'],
  [200, ''],
  [200, '<html>'],
])('a write that is answered %i %s may have happened', async (status, body) => {
  const lab = await writesEndIn(status, body);
  await expect(lab.write(updateDashboard, undefined, UPDATE)).rejects.toMatchObject({
    code: 'outcome_unknown',
  });
  const mark = lab.write(createAnnotation, undefined, { dashboard: 'd1', text: 'x' });
  await expect(mark).rejects.toMatchObject({ code: 'outcome_unknown' });
});

test.each([
  [400, '{"message":"bad request data"}', 'query_failed'],
  [400, '{"message":"Cannot save provisioned dashboard"}', 'conflict'],
  [403, '{"message":"Access denied to save dashboard"}', 'permission_denied'],
  [404, '{"message":"Dashboard not found"}', 'not_found'],
  [412, '{"status":"version-mismatch","message":"x"}', 'conflict'],
  [412, '{"status":"name-exists","message":"x"}', 'conflict'],
  [412, '{"status":"plugin-dashboard","message":"x"}', 'conflict'],
  [412, '{"status":"constructor","message":"x"}', 'conflict'],
])('a write that is answered %i %s did not happen', async (status, body, code) => {
  const lab = await writesEndIn(status, body);
  await expect(lab.write(updateDashboard, undefined, UPDATE)).rejects.toMatchObject({ code });
});
