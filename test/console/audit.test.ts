import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openAuditLog } from '../../src/audit/log.ts';
import { requestOf, responseOf } from '../audit/calls.ts';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { openShop } from './shop.ts';

const KEY = { target: 'store/orders', key: 'k' };
type Shop = Awaited<ReturnType<typeof openShop>>;

/** A read, a write, and one that the gate refuses. */
async function fill({ call, fixture }: Shop) {
  await call('box_get', KEY, 'triage');
  await call('box_put', { ...KEY, value: 'v' }, 'triage');
  await fixture.stackward.killSwitch.set(true, { by: 'ann', reason: 'an incident' });
  await call('box_put', { ...KEY, value: 'w' }, 'triage');
  await fixture.stackward.killSwitch.set(false, { by: 'ann', reason: 'over' });
}

describe.skipIf(!hasBrowser)('the audit', () => {
  test('lists calls and events newest first, and filters them by what the address says', async () => {
    const shop = await openShop();
    await fill(shop);
    const { page, errors } = await shop.see('audit');
    const rows = page.getByRole('region', { name: 'Calls and events' }).locator('tbody tr');
    await soon(() => rows.count()).toBe(4);
    expect(await rows.first().textContent()).toMatch(/triage.*box_put.*denied.*writes not stopped/);
    expect(await rows.last().textContent()).toMatch(/topology_loaded/);
    await page.getByText('This is the beginning of the audit.').waitFor();
    await picture(page, 'audit');

    await page.getByLabel('Outcome').selectOption('denied');
    await page.getByLabel('Refused by rule').fill('writes not stopped');
    await page.getByRole('button', { name: 'Search' }).click();
    await soon(() => rows.count()).toBe(1);
    expect(page.url()).toMatch(/rule=writes\+not\+stopped.*outcome=denied/);
    const { page: sent } = await shop.see(page.url().split('/console/')[1]);
    await soon(() => sent.locator('tbody tr').count()).toBe(1);
    expect(await sent.getByLabel('Outcome').inputValue()).toBe('denied');
    expect(errors).toEqual([]);
  });

  test('a filter that makes no sense says so', async () => {
    const { see } = await openShop();
    const { page } = await see('audit?since=yesterday');
    expect(await page.getByRole('alert').textContent()).toMatch(/expected a time/);
  });

  test('a record opens with request, verdict, response and its place, and its address leads back to it', async () => {
    const shop = await openShop();
    await fill(shop);
    const { page, errors } = await shop.see('audit?outcome=denied');
    await page.locator('tbody tr a').click();
    await page.getByRole('heading', { name: 'Verdict of the gate' }).waitFor();
    const text = () => page.getByRole('main').textContent();
    expect(await text()).toMatch(/writes not stoppedrefusedann stopped all writes: an incident/);
    expect(await page.getByLabel('Request record').textContent()).toContain('"value": "w"');
    expect(await page.getByLabel('Response record').textContent()).toContain('"outcome": "denied"');
    expect(await text()).toMatch(/fits, not sealed yet/);
    await picture(page, 'record');
    const { page: other } = await shop.see(page.url().split('/console/')[1]);
    await other.getByRole('heading', { name: 'Verdict of the gate' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('what can be exported is what was asked for', async () => {
    const shop = await openShop();
    await fill(shop);
    const { page } = await shop.see('audit?outcome=denied');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/"triage".*"box_put".*"denied"/);
  });

  test.each([
    ['the list on a laptop', 'audit', {}],
    ['the list on a phone', 'audit', { width: 360, height: 740 }],
    ['a record in the dark', 'audit/0001/2', { dark: true }],
    ['a record on a phone', 'audit/0001/2', { width: 360, height: 740 }],
  ])('everybody can use %s', async (_name, place, window) => {
    const shop = await openShop();
    await fill(shop);
    const { page } = await shop.see(place, window);
    await page.locator('tbody tr').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
  });

  test('a million records stay within reach', { timeout: 300_000 }, async () => {
    const shop = await openShop();
    await writeMillion(`${shop.fixture.dataDir}/audit`);
    const { page } = await shop.see('health');
    await page.getByRole('heading', { name: 'Kill switch' }).waitFor();
    const rows = page.locator('tbody tr');
    const timed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return Math.round(performance.now() - began);
    };
    const first = await timed(async () => {
      await page.getByRole('link', { name: 'Audit', exact: true }).click();
      await soon(() => rows.count()).toBe(50);
    });
    const pages: number[] = [];
    for (let count = 2; count <= 5; count += 1)
      pages.push(
        await timed(async () => {
          await page.getByRole('button', { name: 'Older' }).click();
          await soon(() => rows.count()).toBe(50 * count);
        }),
      );
    // Nothing matches but the last one that is looked at; meanwhile another question is answered.
    await page.getByLabel('Text').fill('"call-1"');
    await page.getByRole('button', { name: 'Search' }).click();
    const meanwhile = await timed(() =>
      fetch(`${shop.url}/console/api/health`).then((found) => found.json()),
    );
    const searched = await timed(() => expect.poll(() => rows.count(), { timeout: 200_000 }).toBe(1));
    const record = await timed(async () => {
      await page.goto(`${shop.url}/console/audit/0002/500600`);
      await page.getByText('verifies, sealed').first().waitFor();
    });
    process.stdout.write(
      `1,000,000 records: first page ${first} ms, the next four ${pages.join(', ')} ms, the oldest found in ${searched} ms, a question meanwhile ${meanwhile} ms, a record in the middle with its proof ${record} ms\n`,
    );
  });
});

/** A chain of its own beside the server's: half a million calls. */
async function writeMillion(dir: string): Promise<void> {
  const log = await openAuditLog({ dir, reserveBytes: 0 });
  for (let done = 0; done < 500_000; done += 500) {
    let last: Promise<void> | undefined;
    for (let index = 1; index <= 500; index += 1) {
      log.append(requestOf(`call-${done + index}`));
      last = log.append(responseOf(`call-${done + index}`)).durable;
    }
    await last;
  }
  await log.close();
}
