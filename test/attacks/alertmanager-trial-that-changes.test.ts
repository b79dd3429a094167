import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tapWire, type Wiretap } from '../harness/wiretap.ts';
import { type AmServer, program, startAlertmanager } from '../services/alertmanager/server.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in making or ending a silence. */
describe.skipIf(!program)('trying a way back on Alertmanager', () => {
  let server: AmServer;
  let tap: Wiretap;
  let lab: PrecheckLab;
  beforeAll(async () => {
    server = await startAlertmanager();
    tap = await tapWire(server.port);
    lab = await openPrecheckLab(
      `type: alertmanager, url: 'http://127.0.0.1:${tap.port}', scopes: {shop: {labels: {namespace: shop}}}`,
      'operates',
      {},
    );
  });
  afterAll(async () => {
    await lab.close();
    await tap.close();
    await server.stop();
  });
  const matchers = [{ label: 'alertname', value: 'Slow' }];
  const silenced = () =>
    lab.written('am_create_silence', { matchers, duration_minutes: 60, reason: 'a test' });

  test('of a silence that was made sends GET alone, and so does trying to make it again', async () => {
    const start = await silenced();
    await leavesAlone(start);
    await leavesAlone(await lab.back(start));
  });

  test('of a silence that was ended sends GET alone', async () => {
    const id = await server.silence([{ name: 'namespace', value: 'shop' }], {});
    await leavesAlone(await lab.written('am_expire_silence', { id }));
  });

  test('finds what somebody changed, before anything is sent', async () => {
    const start = await silenced();
    const [own] = (await server.running()).filter(({ comment }) => comment.includes('a test'));
    if (!own) throw new Error('there is no silence');
    await server.silence(own.matchers, { ...own, comment: `${own.comment} and so on` });
    expect(await lab.found(start)).toEqual([expect.stringContaining('somebody changed the silence')]);
  });

  async function leavesAlone(to: number): Promise<void> {
    const left = await server.running();
    tap.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    const lines =
      tap
        .sent()
        .toString('latin1')
        .match(/^[A-Z]+ \/\S* HTTP\/1\.1/gm) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^GET /);
    expect(await server.running()).toEqual(left);
  }
});
