import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openShop } from '../console/shop.ts';
import { hasBrowser, openPage } from '../harness/browser.ts';

/** The flaw: a page of somebody else lays the console beneath its own buttons, and the operator clicks. */
test('every answer forbids to be framed, guessed at, or run from elsewhere', async () => {
  const { url } = await openShop();
  for (const path of ['', '/stack', '/page.js', '/page.css', '/api/stack', '/api/nothing', '/api/session']) {
    const { headers } = await fetch(`${url}/console${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
  }
});

describe.skipIf(!hasBrowser)('in a browser', () => {
  test('a frame of the console stays empty', async () => {
    const { url } = await openShop();
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<title>free prizes</title><iframe src="${url}/console/health"></iframe>`);
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      evil.close();
    });
    const { page } = await openPage(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`, {
      alsoLet: url,
    });
    await page.waitForLoadState('load');
    const [, frame] = page.frames();
    expect(frame?.url()).not.toContain('/console');
    expect(await frame?.locator('nav, main, #page').count()).toBe(0);
  });
});
