import { describe, expect, test } from 'vitest';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { auditRecords } from '../server/stackward.ts';
import { openShop, UNLINKED } from './shop.ts';

const put = (key: string, value: string) => ({ target: 'store/orders', key, value });
type Shop = Awaited<ReturnType<typeof openShop>>;
const digest = 'f'.repeat(64);

/** Version 1 is the topology; 2 and 3 are writes. */
async function write({ call }: Shop) {
  await call('box_put', put('a', '1'), 'triage');
  await call('box_put', put('b', '2'), 'triage');
}

/** A rollback to version 1 that stopped at its first step. */
async function stop(shop: Shop) {
  await write(shop);
  const { history } = shop.fixture.stackward;
  const { digest: planned } = await history.plan('stack', 1);
  const stopping = new AbortController();
  await history.rollbacks.begin(
    { to: 1, digest: planned },
    { principal: 'stack', by: 'ann', signal: stopping.signal, onStep: () => stopping.abort() },
  );
}

const post = ({ url }: Shop, path: string, body: object) =>
  fetch(`${url}/console/api/${path}`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const rollbackEvents = async ({ fixture }: Shop) =>
  (await auditRecords(fixture)).filter(
    (one) => one.kind === 'event' && /^rollback_(resumed|abandoned)$/.test(one.event),
  );

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
    expect((await post(shop, 'versions/rollback', { to: 1 })).status).toBe(400);
    await post(shop, 'versions/rollback', { to: 1, digest });
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
    await page
      .getByText(/ann stopped all writes: an incident/)
      .first()
      .waitFor();
    await page.getByText('Nothing is changed while something is in the way.').waitFor();
    expect(shop.fixture.box.rows.size).toBe(2);
  });

  test('one component goes back alone', async () => {
    const shop = await openShop({ env: { MCP_STORE_WRITE_ACCESS: 'true', MCP_MIRROR_WRITE_ACCESS: 'true' } });
    await write(shop);
    await shop.call('box_put', { target: 'mirror/copy', key: 'm', value: '3' });
    expect(shop.fixture.box.rows.size).toBe(3);
    const { page, errors } = await shop.see('versions?back=1');
    const plan = page.getByRole('region', { name: 'What comes back and what cannot' });
    await soon(() => plan.locator('tbody tr').count()).toBe(3);
    await page.getByLabel('What goes back').selectOption('mirror');
    await page.getByRole('heading', { name: 'mirror back to version 1' }).waitFor();
    await soon(() => plan.locator('tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/mirror\/copy/),
    ]);
    await page.getByLabel(/I have read this plan/).check();
    await page.getByRole('button', { name: 'Roll mirror back to version 1' }).click();
    await page.getByText('mirror is at version 1: everything came back and was read back').waitFor();
    expect([...shop.fixture.box.rows.keys()]).toEqual(['a', 'b']);
    expect(errors).toEqual([]);
  });

  test('one that stopped goes on, and what was read back is told', async () => {
    const shop = await openShop();
    await stop(shop);
    const { page, errors } = await shop.see('versions');
    const panel = page.getByRole('region', { name: /^Rollback r\d+ has not ended/ });
    await panel.getByLabel('Reason').fill('the incident is over');
    await panel.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('the stack is at version 1: everything came back and was read back').waitFor();
    expect(shop.fixture.box.rows.size).toBe(0);
    expect(errors).toEqual([]);
    await page.getByRole('link', { name: 'Versions' }).click();
    await soon(() => panel.count()).toBe(0);
    expect(await rollbackEvents(shop)).toMatchObject([
      { event: 'rollback_resumed', detail: { reason: 'the incident is over' } },
    ]);
  });

  test('one that stopped is given up, and what it did stays', async () => {
    const shop = await openShop();
    await stop(shop);
    const { page, errors } = await shop.see('versions');
    const panel = page.getByRole('region', { name: /^Rollback r\d+ has not ended/ });
    await panel.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await panel.getByLabel('Reason').fill('not needed');
    await panel.getByRole('button', { name: 'Give it up' }).click();
    await page.getByText(/r\d+ was given up, and what it put back stays/).waitFor();
    await soon(() => panel.count()).toBe(0);
    expect(shop.fixture.box.rows.size).toBe(2);
    const again = await post(shop, 'versions/rollback/resume', { id: 'r4', reason: 'x' });
    expect(again.status).toBe(409);
    expect(await rollbackEvents(shop)).toMatchObject([{ event: 'rollback_abandoned' }]);
    expect(errors).toEqual([]);
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
