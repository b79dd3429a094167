import { describe, expect, test } from 'vitest';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { auditRecords } from '../server/stackward.ts';
import { openShop } from './shop.ts';

const SHRED = { target: 'store/orders', key: 'order-4', note: 'sent by hand' };

describe.skipIf(!hasBrowser)('approvals', () => {
  test('a write that waits shows at once, with all that the command shows, and is made once approved', async () => {
    const { see, call, fixture, url } = await openShop();
    const { page, errors } = await see('approvals');
    await page.getByText('Nothing waits for approval.').waitFor();
    await call('box_shred', SHRED, 'triage');
    await page.getByRole('heading', { name: 'triage wants box_shred on store/orders' }).waitFor();
    await soon(() => page.getByRole('link', { name: 'Approvals' }).textContent()).toMatch(/1 waiting/);
    const article = page.getByRole('article');
    const text = await article.textContent();
    expect(text).toMatch(/it cannot be taken back: a shredded row/);
    expect(text).toMatch(/row order-4/);
    expect(text).toMatch(/Way backnone/);
    expect(text).toMatch(/Used bytriage, auditor/);
    expect(text).toMatch(/"note": "sent by hand"/);
    await picture(page, 'approvals');

    const approve = article.getByRole('button', { name: 'Approve' });
    expect(await approve.isDisabled()).toBe(true);
    await article.getByLabel('Reason').fill('the order was sent');
    await approve.click();
    await page.getByText(/approved [a-z2-7]{12}; the same call may now be made once/).waitFor();
    await page.getByText('Nothing waits for approval.').waitFor();
    expect((await call('box_shred', SHRED, 'triage')).isError).not.toBe(true);
    expect((await call('box_shred', SHRED, 'triage')).isError).toBe(true);
    expect(fixture.box.ran.get('box_shred')).toBe(1);
    const [used] = (await fixture.stackward.approvals.list()).filter(({ state }) => state === 'used');
    const replayed = await fetch(`${url}/console/api/approvals/decide`, {
      method: 'POST',
      headers: { origin: url, 'content-type': 'application/json' },
      body: JSON.stringify({ id: used?.id, decision: 'approved', reason: 'once more' }),
    });
    expect(await replayed.text()).toMatch(/is used, so it cannot be decided/);
    const events = (await auditRecords(fixture)).filter((one) => one.kind === 'event');
    expect(events.find(({ event }) => event === 'approval_decided')?.detail).toMatchObject({
      decision: 'approved',
      reason: 'the order was sent',
    });
    expect(errors).toEqual([]);
  });

  test('a refused one stays refused, with its reason', async () => {
    const { see, call, fixture } = await openShop();
    await call('box_shred', SHRED, 'triage');
    const { page } = await see('approvals');
    await page.getByRole('article').getByLabel('Reason').fill('not today');
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByRole('heading', { name: 'Lately' }).waitFor();
    expect(JSON.stringify((await call('box_shred', SHRED, 'triage')).content)).toContain('not today');
    expect(fixture.box.ran.get('box_shred')).toBeUndefined();
  });

  test('one that somebody else answered meanwhile cannot be answered again', async () => {
    const { see, call, fixture, url } = await openShop();
    await call('box_shred', SHRED, 'triage');
    const { page } = await see('approvals');
    await page.getByRole('article').getByLabel('Reason').fill('yes');
    const { approvals } = fixture.stackward;
    const id = (await approvals.list())[0]?.id ?? '';
    await approvals.decide(id, { decision: 'refused', by: 'ann', reason: 'no' });
    const again = await fetch(`${url}/console/api/approvals/decide`, {
      method: 'POST',
      headers: { origin: url, 'content-type': 'application/json' },
      body: JSON.stringify({ id, decision: 'approved', reason: 'yes' }),
    });
    expect(again.status).toBe(409);
    expect(await again.text()).toMatch(/is refused, so it cannot be decided/);
    await soon(() => page.getByRole('article').count()).toBe(0);
    expect((await approvals.list())[0]?.state).toBe('refused');
  });

  test.each([
    ['a laptop', {}],
    ['a phone in the dark', { width: 360, height: 740, dark: true }],
  ])('everybody can use it on %s', async (_name, window) => {
    const { see, call } = await openShop();
    await call('box_shred', SHRED, 'triage');
    const { page } = await see('approvals', window);
    await page.getByRole('article').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
  });
});
