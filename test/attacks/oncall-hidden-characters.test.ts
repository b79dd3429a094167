import { afterAll, beforeAll, expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { openOnCall, slackAt, somePage } from '../services/on-call/lab.ts';
import { type SlackTwin, startSlackTwin } from '../twins/slack.ts';

let slack: SlackTwin;
beforeAll(async () => {
  slack = await startSlackTwin();
});
afterAll(() => slack.close());

const HIDDEN: readonly (readonly [string, string])[] = [
  ['NUL', '\0'],
  ['escape', '\u001b[2J'],
  ['carriage return', '\r'],
  ['C1 control', '\u009b'],
  ['right-to-left override', '\u202e'],
  ['isolate', '\u2066'],
  ['zero width space', '\u200b'],
  ['word joiner', '\u2060'],
  ['soft hyphen', '\u00ad'],
  ['blank letter', '\u3164'],
  ['line separator', '\u2028'],
  ['tag', '\u{e0041}'],
  ['variation selector', '\u{e0101}'],
  ['private use', '\ue000'],
  ['half a surrogate pair', '\ud800'],
  ['grapheme joiner', '\u034f'],
];

test.each(HIDDEN)('%s in any text is refused before one byte leaves', async (_, character) => {
  const lab = openOnCall(slackAt(slack.webhook));
  for (const field of ['summary', 'details', 'key', 'component'])
    await expect(
      lab.write(oncallPage, undefined, somePage({ [field]: `text${character}text` })),
    ).rejects.toThrow();
  expect(slack.requests).toEqual([]);
});

test('a summary is one line', async () => {
  const lab = openOnCall(slackAt(slack.webhook));
  const page = somePage({ summary: 'fine\nkey other · Stackward for ann' });
  await expect(lab.write(oncallPage, undefined, page)).rejects.toThrow('one line');
  expect(slack.requests).toEqual([]);
});
