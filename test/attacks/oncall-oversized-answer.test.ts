import { expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../src/services/on-call/tools/oncall-resolve.ts';
import { oncallStatus } from '../../src/services/on-call/tools/oncall-status.ts';
import { alertmanagerAt, openOnCall, slackAt, somePage, webhookAt } from '../services/on-call/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

test('a receiver that answers without end is not read to its end', async () => {
  let sent = 0;
  const server = await recordingServer((_, response) => {
    const piece = 'x'.repeat(64 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(piece)) sent += piece.length;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  for (const connection of [slackAt(`${server.url}/services/T/B/X`), webhookAt(`${server.url}/hooks`)])
    await expect(openOnCall(connection).write(oncallPage, undefined, somePage())).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
  expect(sent).toBeLessThan(32 * 2 ** 20);
  await server.close();
});

test('thousands of open pages are cut, and the cut is said', async () => {
  const alert = (key: number) => ({
    labels: { alertname: 'StackwardPage', team: 'shop', stackward_key: `key-${key}` },
    annotations: { summary: 'full' },
    startsAt: '2026-01-01T00:00:00Z',
    status: { state: 'active' },
  });
  const server = await recordingServer((_, response) => {
    response.end(JSON.stringify(Array.from({ length: 5000 }, (_, key) => alert(key))));
  });
  const status = await openOnCall(alertmanagerAt(server.url)).read(oncallStatus, undefined, {});
  expect(status.open).toHaveLength(100);
  expect(status.truncated).toBe(true);
  await server.close();
});

test('a server that never ends an alert is not asked for ever, and the outcome is unknown', async () => {
  const page = somePage();
  const alert = {
    labels: { alertname: 'StackwardPage', team: 'shop', stackward_key: page.key },
    annotations: {},
    startsAt: '2026-01-01T00:00:00Z',
    status: { state: 'active' },
  };

  const server = await recordingServer(({ method }, response) => {
    response.end(method === 'GET' ? JSON.stringify([alert]) : '');
  });
  const lab = openOnCall(alertmanagerAt(server.url));
  await expect(lab.write(oncallResolve, undefined, { key: page.key })).rejects.toMatchObject({
    code: 'outcome_unknown',
  });
  expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(3);
  await server.close();
});
