/// <reference lib="dom" />
import { describe, expect, test } from 'vitest';
import { accessibilityFaults, expectToFit, hasBrowser, picture, soon } from '../harness/browser.ts';
import { auditRecords } from '../server/stackward.ts';
import { openShop } from './shop.ts';

describe.skipIf(!hasBrowser)('signing in', () => {
  test('a token of the stack opens the console; signing out and revoking close it', async () => {
    const { see, token, tokens, fixture } = await openShop();
    const { id, token: secret } = await token('stack');
    const { page, errors } = await see('audit');
    const field = page.getByLabel('Token of an operator');
    await field.fill(`swt_${'x'.repeat(43)}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await field.inputValue()).toBe('');
    await picture(page, 'sign-in');
    await field.fill(secret);
    await field.press('Enter');
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await page.getByText(`operator:${id}`).first().waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/console' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
    await field.fill(secret);
    await field.press('Enter');
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await tokens.remove(id);
    await field.waitFor();
    expect(errors.filter((one) => !/401/.test(one))).toEqual([]);
    const signed = (await auditRecords(fixture)).filter(
      (one) => one.kind === 'event' && one.event === 'console_signed_in',
    );
    expect(signed).toHaveLength(2);
    expect(JSON.stringify(signed)).not.toContain(secret);
  });

  test('without tokens one may look, and decide only where serve said so', async () => {
    const { see } = await openShop({ localOperator: false });
    const { page } = await see('health');
    await page.getByRole('heading', { name: 'Kill switch' }).waitFor();
    await page.getByText('(looking only)').waitFor();
    expect(await page.getByRole('button', { name: 'Stop all writes' }).count()).toBe(0);
    await page.getByText('deciding needs a token, or serve --local-operator').first().waitFor();
  });

  test('a server that serves an agent shows nothing', async () => {
    const { see } = await openShop({ principal: 'triage' });
    const { page } = await see('stack');
    await page.getByText('this server serves triage, which is no operator.').waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('store');
  });

  test('everybody can use it', async () => {
    const { see, token } = await openShop();
    await token('stack');
    const { page } = await see('', { width: 360, height: 740 });
    await page.getByLabel('Token of an operator').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expectToFit(page);
    await soon(() => page.title()).toBe('Stackward');
  });
});
