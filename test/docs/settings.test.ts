import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../src/cli/settings.ts';
import { run } from '../cli/run.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Every variable of ours that the code names, whether it reads it or speaks of it; the table itself is left out. */
function namedInCode(): Set<string> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'cli/settings.ts')
    .map((name) => read(join('src', name)));
  return new Set(
    files.flatMap((text) => [...text.matchAll(/STACKWARD_[A-Z]+(?:_[A-Z]+)*/g)].map(([name]) => name)),
  );
}

test('the table of settings has every variable that the code names, and no other', () => {
  expect(SETTINGS.map(({ name }) => name).sort()).toEqual([...namedInCode()].sort());
});

test('every setting stands in the page, in the README’s reach, and in one help', async () => {
  const page = read('docs/settings.md');
  expect(read('README.md')).toContain('](docs/settings.md)');
  const help = [
    (await run(['serve', '--help'])).out,
    (await run(['--help'])).out,
    (await run(['install', '--help'])).out,
  ].join();
  for (const { name, option } of SETTINGS) {
    expect(page).toContain(`| \`${name}\` |`);
    expect(help.includes(name) || (option !== undefined && help.includes(option)), name).toBe(true);
  }
});

test('an option that a setting stands for is one that there is', async () => {
  const help = (await run(['serve', '--help'])).out;
  for (const { option, readBy } of SETTINGS)
    if (option !== undefined && readBy.some((one) => ['serve', 'all'].includes(one)))
      expect(help).toContain(option);
});
