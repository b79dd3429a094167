import { describe, expect, test } from 'vitest';
import { openShop } from '../console/shop.ts';
import { hasBrowser } from '../harness/browser.ts';

const SCRIPTS = [
  '<script>globalThis.hacked = 1</script>',
  '<img src=x onerror="globalThis.hacked = 1">',
  '"><svg onload=globalThis.hacked=1>',
  "javascript:globalThis.hacked=1//'",
  '{{constructor.constructor("globalThis.hacked=1")()}}',
  '</pre><iframe srcdoc="<script>parent.hacked=1</script>">',
];
/** Right-to-left override, an isolate, an escape sequence, a bell, a zero width space and a tag. */
const HIDDEN = 'a\u202egpj.exe\u2066\u001b[31mred\u0007\u200b\u{e0041}z';

/** The flaw: what a caller sent is run, loaded or obeyed in the operator's browser. */
describe.skipIf(!hasBrowser)('what callers send', () => {
  test('is text in every view, whatever it looks like', async () => {
    const { see, call, fixture } = await openShop();
    for (const [index, key] of SCRIPTS.entries()) {
      await call('box_put', { target: 'store/orders', key: key.slice(0, 64), value: key }, 'triage');
      await call('box_shred', { target: 'store/orders', key: `k${index}`, note: key }, 'triage');
      await call(key.slice(0, 60), { target: key }, 'triage');
    }
    fixture.stackward.killSwitch.set(true, { by: SCRIPTS[0] ?? '', reason: SCRIPTS[1] ?? '' });
    for (const place of [
      'stack',
      'audit',
      'audit/0001/2',
      'audit/0001/6',
      'versions?back=1',
      'approvals',
      'health',
      `audit?text=${encodeURIComponent(SCRIPTS[1] ?? '')}`,
      `audit/${encodeURIComponent(SCRIPTS[0] ?? '')}/1`,
      `stack?as=${encodeURIComponent(SCRIPTS[0] ?? '')}&link=${encodeURIComponent(SCRIPTS[1] ?? '')}`,
    ]) {
      const { page, strangers } = await see(place);
      await page.locator('#main h1, main h1').first().waitFor();
      await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => {});
      expect(await page.evaluate(() => 'hacked' in globalThis), place).toBe(false);
      const foreign = 'img, iframe, object, embed, main script, [onerror], [onload], a[href^="javascript"]';
      expect(await page.locator(foreign).count(), place).toBe(0);
      expect(strangers).toEqual([]);
    }
  });

  test('a script that got into the page all the same is not run', async () => {
    const { see } = await openShop();
    const { page } = await see('stack');
    await page.locator('svg g.box').first().waitFor();
    const refused = await page.evaluate(() => {
      try {
        document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="globalThis.hacked = 1">');
        return false;
      } catch {
        return true;
      }
    });
    expect(refused).toBe(true);
    await page
      .evaluate(() => {
        const script = document.createElement('script');
        script.append('globalThis.hacked = 1');
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'http://127.0.0.1:9/leak';
        document.body.append(image);
      })
      .catch(() => {});
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
  });

  test('characters that steer or hide are shown as escapes in every view, and not obeyed', async () => {
    const { see, call, fixture, url } = await openShop();
    await call('box_put', { target: 'store/orders', key: HIDDEN, value: 'v' }, 'triage');
    await call('box_shred', { target: 'store/orders', key: HIDDEN }, 'triage');
    fixture.stackward.killSwitch.set(true, { by: 'ann', reason: HIDDEN });
    await call('box_put', { target: 'store/orders', key: HIDDEN, value: 'w' }, 'triage');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    const obeyed =
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e0fff}]/u;
    for (const place of ['audit', 'audit/0001/2', 'versions?back=1', 'approvals', 'health']) {
      const { page } = await see(place);
      await page.locator('main :is(tr, article, dd)').first().waitFor();
      expect(await page.content(), place).not.toMatch(obeyed);
    }
    const { page } = await see('audit/0001/2');
    expect(await page.getByLabel('Request record').textContent()).toContain(
      'a\\u202egpj.exe\\u2066\\u001b[31mred',
    );
    for (const path of [
      'approvals',
      'versions',
      'health',
      'audit',
      'versions/plan?to=1',
      'audit/export?format=json',
    ])
      expect(await (await fetch(`${url}/console/api/${path}`)).text(), path).not.toMatch(obeyed);
  });
});
