import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('the demo walks through its seven steps, ends well and shows no password', {
  timeout: 120_000,
}, async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, out }).toMatchObject({ code: 0 });
  expect([...out.matchAll(/^(\d)\. /gm)].map(([, step]) => step)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
  expect(out).toContain('{password}');
  expect(out).toContain('the chain holds');
  // The password stands in a connection string of the shop's data; nothing but its name may stand there.
  const shown = [...out.matchAll(/postgres:\/\/[^:\s]+:([^@\s]+)@/g)].map(([, password]) => password);
  expect(shown.length).toBeGreaterThan(0);
  expect(new Set(shown)).toEqual(new Set(['{password}']));
});
