import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { sideBySide, widthOf } from '../../../src/cli/demo/columns.ts';

const shout = (text: string) => `<b>${text}</b>`;

test('two columns where there is room, with colours that take none', () => {
  const left = [{ text: 'a', paint: shout }, { text: 'b' }, { text: 'c' }];
  const lines = sideBySide(left, [{ text: 'x' }], 100);
  expect(lines).toHaveLength(3);
  expect(lines[0]?.replace(/<\/?b>/g, '').indexOf('│')).toBe(lines[1]?.indexOf('│'));
  expect(lines[0]).toMatch(/^<b>a<\/b> +│ x$/);
});

test('one after the other where there is not', () =>
  expect(sideBySide([{ text: 'a' }], [{ text: 'x' }], 99)).toEqual(['a', '', 'x']));

test('a long line is cut at a space, or anywhere if it has none, and loses nothing', () => {
  const words = 'one two three four five six seven eight nine ten eleven twelve';
  const lines = sideBySide([{ text: words }], [{ text: 'y'.repeat(130) }], 100);
  const cells = lines.map((line) => line.split('│'));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(
    cells
      .map(([one = '']) => one.trim())
      .join(' ')
      .trim(),
  ).toBe(words);
  expect(cells.map(([, other = '']) => other.trim()).join('')).toBe('y'.repeat(130));
});

test.each([
  [{ columns: 132 }, { COLUMNS: '90' }, 132],
  [{}, { COLUMNS: '90' }, 90],
  [{}, { COLUMNS: 'wide' }, 80],
  [{}, {}, 80],
])('the width of %j with %j', (more, env, width) =>
  expect(widthOf(Object.assign(new PassThrough(), more), env)).toBe(width),
);
