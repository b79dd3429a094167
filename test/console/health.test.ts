import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { auditRecords } from '../server/stackward.ts';
import { openShop } from './shop.ts';

const PUT = { target: 'store/orders', key: 'k', value: 'v' };
type Shop = Awaited<ReturnType<typeof openShop>>;

async function breakStore({ fixture }: Shop): Promise<void> {
  const fail = () =>
    fixture.stackward.breakers.run('store', { running: 1, waiting: 1 }, async () => {
      throw new ToolError('unreachable', 'nobody there');
    });
  for (let count = 0; count < 5; count += 1) await fail().catch(() => {});
}

describe.skipIf(!hasBrowser)('health', () => {
  test('counts calls, refusals and errors, and verifies the audit', async () => {
    const { see, call, url } = await openShop();
    await call('box_put', PUT, 'triage');
    await call('box_fail', { target: 'store/orders', known: true }, 'triage');
    const { page, errors } = await see('health');
    await page.getByRole('heading', { name: 'Calls' }).waitFor();
    expect(await page.getByRole('region', { name: 'By tool' }).textContent()).toMatch(/box_put1/);
    expect(await page.getByRole('region', { name: 'Errors by code' }).textContent()).toMatch(/query_failed1/);
    await call('box_get', { target: 'store/orders', key: 'k' }, 'triage');
    await soon(() => page.getByRole('region', { name: 'By tool' }).textContent()).toMatch(/box_get1/);
    await page.getByRole('button', { name: 'Verify everything' }).click();
    await page.getByText(/The chain holds: \d+ records/).waitFor();
    expect(await page.locator('.uplot canvas').count()).toBe(1);
    const health = await (await fetch(`${url}/console/api/health`)).json();
    expect(health.disk?.free).toBeGreaterThan(0);
    expect(health.disk?.reserve).toBe(64 * 1024 * 1024);
    expect(await page.getByRole('main').textContent()).toMatch(/of which 64 MiB are kept in reserve/);
    expect(errors).toEqual([]);
  });

  test('the kill switch stops every write, shows on every page, and is audited', async () => {
    const { see, call, fixture } = await openShop();
    const { page } = await see('health');
    const { page: other } = await see('stack');
    const stop = page.getByRole('button', { name: 'Stop all writes' });
    await stop.waitFor();
    expect(await stop.isDisabled()).toBe(true);
    await page.getByLabel('Reason to stop all writes').fill('an incident');
    await stop.click();
    await page.getByText('On: nobody writes').waitFor();
    await other.getByText('All writes are stopped by the kill switch.').waitFor();
    const refused = await call('box_put', PUT, 'triage');
    expect(JSON.stringify(refused.content)).toContain('stopped all writes: an incident');
    await soon(() => page.getByRole('region', { name: 'Writes refused by rule' }).count()).toBe(1);
    await picture(page, 'health', 12_000);
    await page.getByLabel('Reason to open writes again').fill('over');
    await page.getByRole('button', { name: 'Open writes again' }).click();
    await page.getByText('Off: writes are open').waitFor();
    expect((await call('box_put', PUT, 'triage')).isError).not.toBe(true);
    const events = (await auditRecords(fixture)).filter((one) => one.kind === 'event');
    expect(events.filter(({ event }) => event === 'kill_switch').map(({ detail }) => detail)).toMatchObject([
      { on: true, reason: 'an incident' },
      { on: false, reason: 'over' },
    ]);
  });

  test('a switch that cannot be read says that it counts as on', async () => {
    const { see, fixture } = await openShop();
    writeFileSync(join(fixture.dataDir, 'kill-switch.json'), '{');
    const { page } = await see('health');
    await page.getByText('Its file cannot be read, which counts as on.').waitFor();
    await page.getByText('All writes are stopped: the kill switch cannot be read.').waitFor();
  });

  test('a breaker is reset with a reason, which the audit keeps', async () => {
    const shop = await openShop();
    await breakStore(shop);
    const { page } = await shop.see('health');
    await page.getByLabel('Reason to reset store').fill('it was mended');
    await page.getByRole('button', { name: 'Reset' }).click();
    await soon(() => shop.fixture.stackward.breakers.states().get('store')).toBe('closed');
    await soon(() => page.getByRole('button', { name: 'Reset' }).count()).toBe(0);
    expect((await shop.call('box_put', PUT, 'triage')).isError).not.toBe(true);
    const records = JSON.stringify(await auditRecords(shop.fixture));
    expect(records).toMatch(/"event":"breaker_reset".*"before":"open","reason":"it was mended"/);
  });

  test.each([
    ['a laptop', {}],
    ['a phone in the dark', { width: 360, height: 740, dark: true }],
  ])('everybody can use it on %s', async (_name, window) => {
    const shop = await openShop();
    await shop.call('box_put', PUT, 'triage');
    await breakStore(shop);
    const { page } = await shop.see('health', window);
    await page.getByLabel('Reason to reset store').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
  });
});
