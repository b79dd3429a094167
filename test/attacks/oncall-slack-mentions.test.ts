import { afterAll, beforeAll, expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { expectStrict, openOnCall, slackAt, somePage } from '../services/on-call/lab.ts';
import { type SlackTwin, startSlackTwin } from '../twins/slack.ts';

let slack: SlackTwin;
beforeAll(async () => {
  slack = await startSlackTwin();
});
afterAll(() => slack.close());

/** What Slack would turn into a call to everybody, a person, a group, a channel, a link, a date or a picture. */
const SEQUENCES = [
  '<!channel> look',
  '<!here|here>',
  '<!everyone>',
  '<@U012AB3CD>',
  '<!subteam^SAZ94GDB8>',
  '<#C123ABC456>',
  '<https://evil.example/x|the runbook>',
  '<mailto:a@evil.example|mail>',
  '<!date^1392734382^Posted {date_num}|now>',
  '&lt;!channel&gt;',
  '&amp;lt;!channel&amp;gt;',
  '<<!channel>>',
  '<\n!channel>',
];

test.each(SEQUENCES)('%j is text in a text object that is not parsed', async (text) => {
  const lab = openOnCall(slackAt(slack.webhook));
  for (const page of [somePage({ details: text }), somePage({ summary: text.replace('\n', '') })]) {
    await lab.write(oncallPage, undefined, page);
    const { text: notified, blocks } = slack.messages.at(-1) ?? { text: '<', blocks: [] };
    for (const sent of [notified, ...blocks]) {
      expect(sent).not.toMatch(/[<>]/);
      expect(sent).not.toMatch(/&(?!(amp|lt|gt);)/);
    }
    const unescaped = blocks.map((block) =>
      block.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    );
    const said = page.details === text ? unescaped[1] : unescaped[0]?.replace('CRITICAL: ', '');
    expect(said).toBe(page.details === text ? text : page.summary);
  }
  expectStrict(slack);
});

test('neither names nor addresses are made links of, and nothing is unfurled', async () => {
  const details = '@channel @here https://evil.example/exfil?x=1';
  await openOnCall(slackAt(slack.webhook)).write(oncallPage, undefined, somePage({ details }));
  expect(slack.requests.at(-1)?.json).toMatchObject({
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: expect.arrayContaining([
      { type: 'section', text: { type: 'plain_text', text: details, emoji: false } },
    ]),
  });
});
