import { describe, expect, test } from 'vitest';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { openShop, UNLINKED } from './shop.ts';

const put = (key: string, value: string) => ({ target: 'store/orders', key, value });
type Shop = Awaited<ReturnType<typeof openShop>>;
const digest = 'f'.repeat(64);

/** Version 1 is the topology; 2 and 3 are writes. */
async function write({ call }: Shop) {
  await call('box_put', put('a', '1'), 'triage');
  await call('box_put', put('b', '2'), 'triage');
}

async function shred({ call, fixture }: Shop) {
  const gone = { target: 'store/orders', key: 'c' };
  await call('box_shred', gone, 'triage');
  const { approvals } = fixture.stackward;
  await approvals.decide((await approvals.list())[0]?.id ?? '', {
    decision: 'approved',
    by: 'ann',
    reason: '',
  });
  await call('box_shred', gone, 'triage');
}

describe.skipIf(!hasBrowser)('versions', () => {
  test('are listed as they come, and any two are compared', async () => {
    const shop = await openShop();
    const { page, errors } = await shop.see('versions');
    const rows = page.getByRole('region', { name: 'Versions, newest first' }).locator('tbody tr');
    await soon(() => rows.count()).toBe(1);
    await write(shop);
    await soon(() => rows.count()).toBe(3);
    expect(await rows.first().textContent()).toMatch(/3.*box_put on store\/orders.*row b.*triage.*ok/s);
    await shop.edit(UNLINKED);
    await soon(() => rows.count()).toBe(4);
    await page.getByLabel('From version').fill('3');
    await page.getByLabel('to version').last().fill('4');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'From version 3 to 4' }).waitFor();
    await soon(() => page.locator('.went').allTextContents()).toEqual([
      '-  - {from: triage, to: store, type: uses}\n',
    ]);
    expect(errors).toEqual([]);
  });

  test('a rollback is planned, confirmed, followed and reported', async () => {
    const shop = await openShop();
    await write(shop);
    await shred(shop);
    const { page, errors } = await shop.see('versions?back=1');
    const plan = page.getByRole('region', { name: 'What comes back and what cannot' });
    await plan.waitFor();
    expect(await plan.locator('tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/3\s*comes back\s*box_put/),
      expect.stringMatching(/2\s*comes back\s*box_put/),
      expect.stringMatching(/cannot come back\s*box_shred.*a shredded row cannot be put together again/s),
    ]);
    await picture(page, 'versions');
    const begin = page.getByRole('button', { name: 'Roll back to version 1' });
    expect(await begin.isDisabled()).toBe(true);
    expect(shop.fixture.box.rows.size).toBe(2);
    await page.getByLabel(/I have read this plan/).check();
    await begin.click();
    const report = page.getByRole('region', { name: 'What became of each write' });
    await report.waitFor();
    expect(await report.textContent()).toMatch(/restored.*not reversible/s);
    expect(shop.fixture.box.rows.size).toBe(0);
    await page.getByText(/the stack is not at version 1: .*1 not reversible/).waitFor();
    expect(errors).toEqual([]);
  });

  test('a plan that is no longer the one that was read is not carried out', async () => {
    const shop = await openShop();
    await write(shop);
    const { page } = await shop.see('versions?back=1');
    await page.getByLabel(/I have read this plan/).check();
    await shop.call('box_put', put('c', '3'), 'triage');
    await page.getByRole('button', { name: 'Roll back to version 1' }).click();
    await page.getByText(/the stack changed since the rollback was planned/).waitFor();
    expect(shop.fixture.box.rows.size).toBe(3);
  });

  test('a digest that nobody saw, or none, rolls nothing back', async () => {
    const shop = await openShop();
    await write(shop);
    const post = (body: object) =>
      fetch(`${shop.url}/console/api/versions/rollback`, {
        method: 'POST',
        headers: { origin: shop.url, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post({ to: 1 })).status).toBe(400);
    await post({ to: 1, digest });
    await soon(async () => (await fetch(`${shop.url}/console/api/versions/rollback`)).json()).toMatchObject({
      rollback: { running: false, failed: expect.stringMatching(/changed since/) },
    });
    expect(shop.fixture.box.rows.size).toBe(2);
  });

  test('with the kill switch on nothing comes back', async () => {
    const shop = await openShop();
    await write(shop);
    await shop.fixture.stackward.killSwitch.set(true, { by: 'ann', reason: 'an incident' });
    const { page } = await shop.see('versions?back=1');
    await page.getByLabel(/I have read this plan/).check();
    await page.getByRole('button', { name: 'Roll back to version 1' }).click();
    await page
      .getByText(/ann stopped all writes: an incident/)
      .first()
      .waitFor();
    expect(shop.fixture.box.rows.size).toBe(2);
  });

  test.each([
    ['a laptop', {}],
    ['a phone in the dark', { width: 360, height: 740, dark: true }],
  ])('everybody can use it on %s', async (_name, window) => {
    const shop = await openShop();
    await write(shop);
    await shred(shop);
    await shop.edit(UNLINKED);
    await soon(() => shop.fixture.stackward.history.versions.version()).toBe(5);
    const { page } = await shop.see('versions?back=1&from=1&to=5', window);
    await page.getByRole('region', { name: 'What comes back and what cannot' }).waitFor();
    await page.locator('.went').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
  });
});
