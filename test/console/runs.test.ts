/// <reference lib="dom" />
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { accessibilityFaults, expectToFit, hasBrowser, openPage, picture, soon } from '../harness/browser.ts';
import { auditRecords } from '../server/stackward.ts';
import { scenario } from '../triage/lab.ts';
import { openMockShop } from './mock-shop.ts';
import { openShop } from './shop.ts';

const LEAKED = 's3cr3t-Pa55';

describe.skipIf(!hasBrowser)('runs', () => {
  test('an incident is started, followed as it happens, and told beside the naive ones', async () => {
    const shop = await openMockShop({ paceMs: 150 });
    const { page, errors, strangers } = await shop.see('runs', { width: 1440, height: 1500 });
    await page.getByText('Nothing happened yet.').waitFor();
    await page.getByLabel('Incident script').selectOption('poisoned-logs');
    await page.getByRole('button', { name: 'Start the incident' }).click();
    const column = (name: string) =>
      page.getByRole('region').filter({ has: page.getByRole('heading', { name, exact: false }) });
    const hardened = column('Hardened');
    await hardened.getByText('running').waitFor();
    await hardened.getByText('healed').first().waitFor();
    await soon(() => hardened.textContent()).toMatch(/error_rate of gateway: at worst 0.31, last 0;/);
    const naive = await column('Naive, without gates').textContent();
    expect(naive).toMatch(/harmed.*it changed payments, which is protected/);
    const held = column('Naive, through the server');
    expect(await held.textContent()).toMatch(/blocked.*roll payments back.*not_linked/s);
    expect(await held.getByRole('link', { name: /^audit \d+\/\d+$/ }).count()).toBe(1);
    await soon(() => hardened.locator('mark').allTextContents()).toContain('masked: 1 url-userinfo');
    expect(await page.locator('.uplot canvas').count()).toBe(3);
    await picture(page, 'runs', 1_000);

    await hardened.getByRole('link', { name: /^audit/ }).click();
    await page.getByRole('heading', { name: 'mock_rollback record' }).waitFor();
    expect(await page.getByRole('region', { name: 'Rules that were asked' }).textContent()).toMatch(
      /matches a recorded diagnosispassed/,
    );
    expect(errors).toEqual([]);
    expect(strangers).toEqual([]);
    const started = (await auditRecords(shop.fixture)).filter(
      (one) => one.kind === 'event' && one.event === 'incident_script_started',
    );
    expect(started).toMatchObject([{ detail: { scenario: 'poisoned-logs' } }]);
  });

  test('a run has its checks, its masked lines, its record and its version; the list leads to it', async () => {
    const shop = await openMockShop();
    shop.world.begin(scenario('poisoned-logs'));
    await shop.fixture.stackward.history.snapshot('ann');
    const { hardened } = await shop.drill('poisoned-logs');
    const { page, errors } = await shop.see('runs');
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: hardened, exact: true }) });
    expect(await row.textContent()).toMatch(/HighErrorRate of gateway.*Hardened.*a mock.*healed/s);
    await row.getByRole('link', { name: hardened, exact: true }).click();
    const action = page.getByText('10 checks');
    await action.click();
    const checks = page.getByRole('region', { name: /Checks of the action gate/ });
    expect(await checks.textContent()).toMatch(/not protectedpassedorders-api is not protected/);
    await page.getByText('9 log lines, as they went on').click();
    const lines = page.getByRole('region', { name: /^Log lines of .* as they went on$/ });
    expect(await lines.textContent()).toMatch(/dsn=postgres:\/\/masked: \{url-userinfo#1\}@orders-db/);
    expect(await page.content()).not.toContain(LEAKED);
    await page.getByRole('link', { name: /^version \d+$/ }).click();
    await page.getByRole('region', { name: 'Configuration that differs' }).waitFor();
    expect(await page.getByRole('region', { name: 'Configuration that differs' }).textContent()).toMatch(
      /orders-api.*image/,
    );
    expect(errors).toEqual([]);
  });

  test('a stream that broke is taken up after the last event, without gap or double', async () => {
    const shop = await openMockShop({ paceMs: 200 });
    const started = shop.incidents.drills.start('bad-deploy');
    const { hardened } = started.runs;
    const wire = await openCuttable(Number(new URL(shop.url).port));
    const { page } = await openPage(`${wire.url}/console/runs/${hardened}`);
    await page.getByText('running').waitFor();
    const places = async () => (await page.locator('.event .place').allTextContents()).map(Number);
    await soon(async () => (await places()).length).toBeGreaterThan(5);
    expect(wire.cut()).toBeGreaterThan(0);
    await started.ended;
    await page.getByText('error_rate of gateway is 0, baseline 0').first().waitFor();
    await soon(async () => (await places()).at(-1)).toBe(30);
    const seen = await places();
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    const told = await readStream(shop.url, hardened, {});
    expect(seen).toEqual(told.filter(isTold).map(({ seq }) => seq));
  });

  test('a server that is no demonstration has no button, and one without a triage says so', async () => {
    const { see } = await openShop();
    const { page } = await see('runs');
    await page.getByText('This server runs no triage').waitFor();
    expect(await page.getByRole('button', { name: 'Start the incident' }).count()).toBe(0);
  });

  test.each([
    ['the list on a laptop', '', {}],
    ['the runs beside each other in the dark', 'beside', { dark: true, width: 1400 }],
    ['the runs on a phone', 'beside', { width: 360, height: 740 }],
  ])('everybody can use %s', async (_name, place, window) => {
    const shop = await openMockShop();
    const { beside } = await shop.drill('poisoned-logs');
    const { page } = await shop.see(`runs/${place === '' ? '' : beside}`, window);
    await page.getByText('healed').first().waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
  });

  test('the keyboard alone starts an incident and opens its checks', async () => {
    const shop = await openMockShop();
    const { page } = await shop.see('runs');
    await page.getByRole('button', { name: 'Start the incident' }).focus();
    await page.keyboard.press('Enter');
    const summary = page.getByText('10 checks');
    await summary.waitFor();
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: /Checks of the action gate/ }).waitFor();
  });
});

/** A wire to a port that can be cut: everybody has to connect anew. */
async function openCuttable(port: number) {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {}).once('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    const count = open.size;
    for (const socket of open) socket.destroy();
    return count;
  };
  onTestFinished(() => {
    server.close();
    cut();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

interface Told {
  readonly id: number;
  readonly seq: number;
  readonly type: string;
  readonly state?: string;
}

const isTold = ({ type, state }: Told): boolean => type !== 'step' || state === 'finished';

/** Reads the stream of one run until its end. */
async function readStream(url: string, run: string, headers: Record<string, string>): Promise<Told[]> {
  const stop = new AbortController();
  const answer = await fetch(`${url}/console/api/runs/events?run=${run}`, { headers, signal: stop.signal });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (/"type":"done".*\n\n$/.test(text)) break;
  }
  stop.abort();
  return [...text.matchAll(/id: (\d+)\ndata: (.*)\n\n/g)].map(([, id, data = '']) => ({
    id: Number(id),
    ...JSON.parse(data),
  }));
}

test('Last-Event-ID goes on after one event of the run, past those of others', async () => {
  const shop = await openMockShop();
  const { hardened } = await shop.drill('bad-deploy');
  await shop.drill('healthy');
  const whole = await readStream(shop.url, hardened, {});
  expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, at) => at + 1));
  const from = whole[9]?.id;
  const rest = await readStream(shop.url, hardened, { 'last-event-id': String(from) });
  expect(rest).toEqual(whole.slice(10));
});

test('one script runs at a time, and an unknown one starts nothing', async () => {
  const shop = await openMockShop({ paceMs: 100 });
  expect((await shop.post('runs/start', { scenario: 'no-such' })).status).toBe(404);
  expect((await shop.post('runs/start', { scenario: 'bad-deploy' })).status).toBe(200);
  expect((await shop.post('runs/start', { scenario: 'bad-deploy' })).status).toBe(409);
});
