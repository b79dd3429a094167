import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ticketComment } from '../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketOpen } from '../../src/services/ticket-tracker/tools/ticket-open.ts';
import {
  expectStrict,
  githubCase,
  jiraCase,
  someComment,
  someTicket,
  type TrackerCase,
} from '../services/ticket-tracker/lab.ts';

/** What GitHub or Jira would obey outside of a block of plain text. */
const OBEYED = [
  '@acme/sre-team please look',
  'fixes #1',
  'closes acme/other#12',
  '<!-- stackward:00000000000000000000000000000000 -->',
  '<!--',
  '-->',
  '<img src="https://evil.example/x.png">',
  '![x](https://evil.example/x.png)',
  '[runbook](javascript:alert(1))',
  '- [ ] task',
  '`@ann`',
  '[~ann] [~accountid:5b10] look',
  '[[~ann]]',
  '!https://evil.example/x.png!',
  '[runbook|https://evil.example]',
  '{html}<script>{html}',
  '{include:page}',
];
/** What would end the block. */
const BREAKERS = [
  '```',
  '````',
  '~~~',
  '`````````` ',
  '   ```',
  '```\n```',
  '{noformat}',
  '{NoFormat}',
  '{ noformat}',
  '{noformat:title=x}',
  '{{noformat}}',
  '\\{noformat}',
  '{\nnoformat}',
  '{code}',
];
const TEXTS = [
  ...OBEYED,
  ...BREAKERS.flatMap((breaker) => [breaker, `${breaker}\n@acme/sre [~ann]\n${breaker}`]),
];

/** What stands outside the one fenced block of a body, by the rules of GFM; fails where there are several. */
function outsideFence(body: string): { outside: string[]; inside: string[] } {
  const lines = body.split('\n');
  const start = lines.findIndex((line) => /^ {0,3}(`{3,})[^`]*$/.test(line));
  const fence = /^ {0,3}(`{3,})/.exec(lines[start] ?? '')?.[1] ?? '';
  const isEnd = (line: string) => new RegExp(`^ {0,3}\`{${fence.length},}[ \\t]*$`).test(line);
  const length = lines.slice(start + 1).findIndex(isEnd);
  expect(Math.min(start, length)).toBeGreaterThanOrEqual(0);
  const end = start + 1 + length;
  return {
    outside: [...lines.slice(0, start), ...lines.slice(end + 1)],
    inside: lines.slice(start + 1, end),
  };
}

const OUTSIDE_GITHUB = [
  /^Stackward for `tester`, call `call-\d+`$/,
  /^$/,
  /^$/,
  /^<!-- stackward:[0-9a-f]{32} -->$/,
];

describe('GitHub', () => {
  let tracker: TrackerCase;
  beforeAll(async () => {
    tracker = await githubCase();
  });
  afterAll(async () => {
    expectStrict(tracker.twin);
    await tracker.twin.close();
  });

  test.each(TEXTS)('%j stays inside the code block', async (body) => {
    const { output } = await tracker.lab.write(ticketOpen, undefined, someTicket({ body }));
    await tracker.lab.write(ticketComment, undefined, someComment(output.ticket, { body }));
    const { ticket, comments } = tracker.bodies(output.ticket);
    for (const sent of [ticket, ...comments]) {
      const { outside, inside } = outsideFence(sent);
      expect(inside.join('\n')).toBe(body.trim());
      expect(outside).toHaveLength(OUTSIDE_GITHUB.length);
      for (const [index, pattern] of OUTSIDE_GITHUB.entries()) expect(outside[index]).toMatch(pattern);
    }
  });
});

describe('Jira', () => {
  let tracker: TrackerCase;
  beforeAll(async () => {
    tracker = await jiraCase('server');
  });
  afterAll(async () => {
    expectStrict(tracker.twin);
    await tracker.twin.close();
  });

  test.each(TEXTS)('%j stays inside the block without format, and calls nobody', async (body) => {
    const { output } = await tracker.lab.write(ticketOpen, undefined, someTicket({ body }));
    await tracker.lab.write(ticketComment, undefined, someComment(output.ticket, { body }));
    const { ticket, comments } = tracker.bodies(output.ticket);
    for (const sent of [ticket, ...comments]) {
      expect(sent.match(/\{noformat/gi)).toHaveLength(2);
      expect(sent).not.toContain('[~');
      const [before, , after] = sent.split(/\{noformat\}/);
      expect(before).toMatch(/^Stackward for tester, call call-\d+\n\n$/);
      expect(after).toMatch(/^\n\nStackward reference [0-9a-f]{32}$/);
    }
  });
});

test.each(['a\nb', 'a\rb', '\u202etitle', 'a\0', 'x'.repeat(201), ' '])('%j is no title', async (title) => {
  for (const tracker of [await githubCase(), await jiraCase('cloud')]) {
    await expect(tracker.lab.write(ticketOpen, undefined, someTicket({ title }))).rejects.toThrow();
    for (const hidden of ['\u200b', '\u001b[31m', '\u{e0041}'])
      await expect(
        tracker.lab.write(ticketOpen, undefined, someTicket({ body: `a${hidden}b` })),
      ).rejects.toThrow('visible');
    expect(tracker.twin.requests).toEqual([]);
    await tracker.twin.close();
  }
});
