import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderProblem } from '../../src/topology/problem.ts';
import { load } from './types.ts';

const SHOP = readFileSync(new URL('../../topology/shop.yaml', import.meta.url), 'utf8');
const CASES = 2_000;
const SCRAPS = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  "'",
  '|',
  '>',
  '&a',
  '*a',
  '<<',
  '!!str',
  '---',
  '...',
  '%YAML',
  '#',
  '\t',
  '\n',
  '\r',
  '\0',
  '\u202e',
  '\ud800',
  '\u{e0041}',
  '~',
  'null',
  'true',
  '1e999',
  '.nan',
  '-',
  '? ',
  '@',
  '`',
  '__proto__',
  'constructor',
  'env',
  '$X',
  '*',
  ' '.repeat(40),
];

/** Mulberry32: the same numbers on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutate(text: string, pick: (below: number) => number): string {
  const at = pick(text.length);
  const scrap = SCRAPS[pick(SCRAPS.length)] ?? '';
  const lines = text.split('\n');
  const line = pick(lines.length);
  const words = [...text.matchAll(/[\w$-]+/g)];
  const word = words[pick(words.length)];
  switch (pick(7)) {
    case 0:
      return text.slice(0, at) + scrap + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + pick(20));
    case 2:
      return lines.toSpliced(line, 1 + pick(3)).join('\n');
    case 3:
      return lines.toSpliced(line, 0, lines[pick(lines.length)] ?? '').join('\n');
    case 4:
      return text.slice(0, at);
    case 5:
      return lines.with(line, `${' '.repeat(pick(4))}${lines[line]}`).join('\n');
    default:
      return word ? text.slice(0, word.index) + scrap + text.slice(word.index + word[0].length) : text;
  }
}

test(`${CASES} damaged files each give a graph, or problems that can be shown`, () => {
  const pick = numbers(20_260_728);
  let graphs = 0;
  for (let run = 0; run < CASES; run++) {
    let text = SHOP;
    for (let times = 1 + pick(4); times > 0; times--) text = mutate(text, pick);
    const loaded = load(text);
    if (loaded.graph) graphs++;
    else check(text, loaded.problems, run);
  }
  // Mutations that only ever break, or never do, would test one half.
  expect(graphs).toBeGreaterThan(100);
  expect(graphs).toBeLessThan(CASES - 100);
}, 180_000);

function check(text: string, problems: ReturnType<typeof load>['problems'] & {}, run: number): void {
  const lines = text.split('\n');
  expect(
    problems.some(({ severity }) => severity === 'error'),
    `case ${run} fails without an error`,
  ).toBe(true);
  for (const problem of problems) {
    const shown = renderProblem(problem);
    expect(shown.replaceAll('\n', ''), `case ${run}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(problem.line, `case ${run}`).toBeLessThanOrEqual(lines.length);
    expect(problem.column, `case ${run}`).toBeLessThanOrEqual((lines[problem.line - 1] ?? '').length + 1);
  }
}
