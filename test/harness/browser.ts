/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
import { ensureProgram } from './install.ts';

const executablePath = ensureProgram('chromium');

/** Whether there is a browser; where there is none, what is skipped was said already. */
export const hasBrowser = executablePath !== undefined;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let launched: Promise<Browser> | undefined;
const contexts: BrowserContext[] = [];
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await (await launched)?.close();
});

/** A page of a fresh profile, and what went wrong in it. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts, and what the browser's console called an error, a refusal by the policy among them. */
  readonly errors: readonly string[];
  /** Addresses that the page asked, other than the server's own. */
  readonly strangers: readonly string[];
}

/** Opens a fresh profile on an address; nothing but that server, and the one of `alsoLet`, is let through. */
export async function openPage(
  url: string,
  {
    width = 1280,
    height = 800,
    dark = false,
    alsoLet = url,
  }: { width?: number; height?: number; dark?: boolean; alsoLet?: string } = {},
): Promise<OpenedPage> {
  launched ??= chromium.launch({ ...(executablePath ? { executablePath } : {}), args: FLAGS });
  const context = await (await launched).newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  contexts.push(context);
  const errors: string[] = [];
  const strangers: string[] = [];
  const own = [url, alsoLet].map((one) => new URL(one).origin);
  await context.route('**', (route) => {
    const asked = route.request().url();
    if (own.includes(new URL(asked).origin)) return route.continue();
    strangers.push(asked);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors, strangers };
}

/** `expect.poll` for what a page shows: it hears of things within a second or three, and later on a busy machine. */
export const soon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

/** What axe finds wrong in a page by WCAG 2.2 AA, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}

/** Fails where the page is wider than the window: on a phone one would have to push it about. */
export async function expectToFit(page: Page): Promise<void> {
  const [wide, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(wide).toBeLessThanOrEqual(window ?? 0);
}

const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));

/** Keeps a picture for the documents, where STACKWARD_PICTURES asks for it, of the page as it is after a while. */
export async function picture(page: Page, name: string, settleMs = 0): Promise<void> {
  if (process.env.STACKWARD_PICTURES !== 'true') return;
  await page.waitForTimeout(settleMs);
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: `${IMAGES}/console-${name}.png`, animations: 'disabled' });
}
