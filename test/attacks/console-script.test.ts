/// <reference lib="dom" />
import { describe, expect, test } from 'vitest';
import { openShop } from '../console/shop.ts';
import { hasBrowser, soon } from '../harness/browser.ts';

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
  test('is text in every view, whatever it looks like', { timeout: 120_000 }, async () => {
    const { see, call, fixture } = await openShop();
    for (const [index, key] of SCRIPTS.entries()) {
      await call('box_put', { target: 'store/orders', key: key.slice(0, 64), value: key }, 'triage');
      await call('box_shred', { target: 'store/orders', key: `k${index}`, note: key }, 'triage');
      await call(key.slice(0, 60), { target: key }, 'triage');
    }
    await fixture.stackward.killSwitch.set(true, { by: SCRIPTS[0] ?? '', reason: SCRIPTS[1] ?? '' });
    const [first = '', second = ''] = SCRIPTS;
    const places: [string, RegExp | undefined][] = [
      ['audit', /globalThis\.hacked/],
      ['audit/0001/2', /<script>/],
      ['versions?back=1', /<script>/],
      ['approvals', /<iframe/],
      ['health', /onerror/],
      [`audit?text=${encodeURIComponent('onerror')}`, /onerror/],
      [`audit/${encodeURIComponent(first)}/1`, undefined],
      [`stack?as=${encodeURIComponent(first)}&link=${encodeURIComponent(second)}`, undefined],
    ];
    for (const [place, text] of places) {
      const { page, strangers } = await see(place);
      if (text) await soon(() => page.getByRole('main').textContent()).toMatch(text);
      else await page.getByRole('alert').waitFor();
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

  test('characters that steer or hide are shown as escapes in every view, and not obeyed', {
    timeout: 120_000,
  }, async () => {
    const { see, call, fixture, url } = await openShop();
    await call('box_put', { target: 'store/orders', key: HIDDEN, value: 'v' }, 'triage');
    await call('box_shred', { target: 'store/orders', key: HIDDEN }, 'triage');
    await fixture.stackward.killSwitch.set(true, { by: 'ann', reason: HIDDEN });
    await call('box_put', { target: 'store/orders', key: HIDDEN, value: 'w' }, 'triage');
    // Everything but line feeds and tabs that is a control, or formats without being seen.
    const obeyed = /(?![\n\t])[\p{Cc}\p{Cf}]/u;
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
