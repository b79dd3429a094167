/// <reference lib="dom" />
import { describe, expect, test } from 'vitest';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { openShop, UNLINKED } from './shop.ts';

describe.skipIf(!hasBrowser)('the stack', () => {
  test('is drawn with what each link opens, and nothing is loaded from elsewhere', async () => {
    const { see, url } = await openShop();
    const { page, errors, strangers } = await see();
    await page.getByRole('heading', { name: 'Stack' }).waitFor();
    const rows = page.getByRole('region', { name: 'Links of the topology' }).getByRole('row');
    await soon(() => rows.count()).toBe(6);
    const said = await rows.allTextContents();
    expect(said[1]).toMatch(/triage.*store.*writes on/);
    expect(said[2]).toMatch(/triage.*archive.*protected/);
    expect(said[3]).toMatch(/auditor.*store.*capped to reading/);
    expect(said[4]).toMatch(/store.*mirror.*reads; writes off/);
    expect(said[5]).toMatch(/store.*ledger.*external/);
    await soon(() => page.locator('svg g.box').count()).toBe(6);
    await soon(() => page.locator('svg g.link').count()).toBe(5);
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    const { headers } = await fetch(`${url}/console`);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
  });

  test('a link tells its tools, flags and reasons; as an agent sees it', async () => {
    const { see } = await openShop();
    const { page, errors } = await see();
    await page.getByRole('button', { name: 'uses from triage to store' }).click();
    const panel = page.getByRole('region', { name: 'triage uses store' });
    await soon(() => panel.textContent()).toMatch(/box_put.*there/);
    expect(await panel.textContent()).toMatch(/MCP_STORE_WRITE_ACCESS=true/);
    expect(await panel.textContent()).toMatch(/link triage -> store \(uses\)/);
    await picture(page, 'stack');
    await page.getByLabel('Seen as').selectOption('auditor');
    await soon(() => panel.textContent()).toMatch(/box_put.*absent.*capped to access: read/);
    expect(page.url()).toContain('as=auditor');
    expect(await page.getByRole('row').filter({ hasText: 'mirror' }).textContent()).toMatch(
      /not for this principal/,
    );
    expect(errors).toEqual([]);
  });

  test('a click on a drawn link opens it too', async () => {
    const { see } = await openShop();
    const { page } = await see();
    await page.locator('svg g.link.capped path.near').dispatchEvent('click');
    await page.getByRole('heading', { name: 'auditor looks store' }).waitFor();
  });

  test('a link that is removed from the file goes while one looks', async () => {
    const { see, edit } = await openShop();
    const { page } = await see();
    await page.getByRole('button', { name: 'uses from triage to store' }).click();
    await page.getByRole('heading', { name: 'triage uses store' }).waitFor();
    await edit(UNLINKED);
    await page.getByText('The link is not drawn any more, and its tools are gone.').waitFor();
    await soon(() => page.locator('svg g.link').count()).toBe(4);
  });

  test('a breaker that opened shows', async () => {
    const { see, fixture } = await openShop();
    const { page } = await see();
    await page.locator('svg g.box').first().waitFor();
    const { ToolError } = await import('../../src/toolset/errors.ts');
    const fail = () =>
      fixture.stackward.breakers
        .run('store', { running: 1, waiting: 1 }, async () => {
          throw new ToolError('unreachable', 'nobody there');
        })
        .catch(() => {});
    for (let count = 0; count < 5; count += 1) await fail();
    await soon(() => page.locator('svg g.box.broken').textContent()).toMatch(/store.*broken/);
  });

  test.each([
    ['a laptop', {}],
    ['a laptop in the dark', { dark: true }],
    ['a phone', { width: 360, height: 740 }],
  ])('everybody can use it on %s', async (_name, window) => {
    const { see } = await openShop();
    const { page } = await see('stack?link=triage>store>uses', window);
    await page.getByRole('heading', { name: 'triage uses store' }).waitFor();
    await page.locator('svg g.box').first().waitFor();
    await soon(() => page.getByText('box_put').count()).toBeGreaterThan(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
  });

  test('the keyboard alone reaches a link and another view', async () => {
    const { see } = await openShop();
    const { page } = await see();
    await page.getByRole('button', { name: 'uses from triage to store' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.getByRole('button', { name: 'uses from triage to archive' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'triage uses archive' }).waitFor();
    await page.getByRole('link', { name: 'Health' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Health');
  });

  test('a thousand components are drawn while the page stays usable', async () => {
    const count = 1_000;
    const components = Array.from({ length: count }, (_, n) => `  box-${n}: {type: box, drawers: {a: {}}}`);
    const links = Array.from(
      { length: count - 1 },
      (_, n) => `  - {from: box-${Math.floor(n / 3)}, to: box-${n + 1}, type: uses}`,
    );
    const topology = `stack: large\ncomponents:\n${components.join('\n')}\nlinks:\n${links.join('\n')}\n`;
    const { see } = await openShop({ topology });
    const { page, errors } = await see();
    const began = performance.now();
    await page.getByRole('button', { name: 'uses from box-0 to box-1', exact: true }).waitFor();
    const listed = performance.now() - began;
    await page.getByLabel('Find').fill('box-777');
    await page.getByRole('cell', { name: 'box-777 a' }).waitFor();
    await page.locator('svg g.box').first().waitFor({ timeout: 60_000 });
    const drawn = performance.now() - began;
    expect(await page.locator('svg g.box').count()).toBe(count);
    const pressed = performance.now();
    await page.getByRole('button', { name: 'uses from box-258 to box-777', exact: true }).click();
    await page.getByRole('heading', { name: 'box-258 uses box-777' }).waitFor();
    const opened = performance.now() - pressed;
    process.stdout.write(
      `1,000 components: listed after ${listed.toFixed(0)} ms, drawn after ${drawn.toFixed(0)} ms, a link opened in ${opened.toFixed(0)} ms\n`,
    );
    expect(errors).toEqual([]);
  });
});
