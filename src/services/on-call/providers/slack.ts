import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpApi } from '../../../toolset/http/client.ts';
import type { Asker, Page } from '../page.ts';
import type { Announcer } from './announcing.ts';

/** Most characters of one text object. @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MOST_TEXT = 3000;

/** Posts one message; the webhook's address decides the channel. */
export type PostMessage = (message: JsonValue, signal: AbortSignal) => Promise<void>;

const WORDS = { resolve: 'Resolved', withdraw: 'Withdrawn' } as const;

/** Pages as messages of a channel. Slack's incoming webhooks show nothing, so each state is a message of its own. */
export const slackAnnouncer = (post: PostMessage): Announcer => ({
  dropsRepeats: false,
  page: (page, _incident, signal) => post(pageMessage(page), signal),
  follow: ({ event, key }, by, signal) =>
    post(messageOf(`${WORDS[event]}: page ${key}`, [], footOf(key, by)), signal),
});

const pageMessage = ({ key, severity, summary, component, details, by }: Page): JsonValue =>
  messageOf(
    `${severity.toUpperCase()}: ${summary}`,
    details === undefined ? [] : [details],
    `component ${component} · ${footOf(key, by)}`,
  );

const footOf = (key: string, { principal, call }: Asker): string =>
  `key ${key} · Stackward for ${principal}, call ${call}`;

/**
 * Plain text objects, in which Slack parses nothing, and escaped besides: `<!channel>`, `<@U123>` and `<url|text>`
 * are what is parsed anywhere else. `text` is what a notification shows.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
function messageOf(head: string, paragraphs: readonly string[], foot: string): JsonValue {
  const blocks = [head, ...paragraphs, foot]
    .flatMap(pieces)
    .map((text) => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } }));
  return { text: escaped(head), blocks, link_names: false, unfurl_links: false, unfurl_media: false };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Escaped text in pieces that each fit into one text object, none cut inside an escape. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = '';
  for (const character of text) {
    const next = escaped(character);
    if (piece.length + next.length > MOST_TEXT) {
      found.push(piece);
      piece = '';
    }
    piece += next;
  }
  return [...found, piece];
}

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
export const slackFailure: NonNullable<HttpApi['failureOf']> = (status) => {
  if (status === 404)
    return new ToolError('not_found', 'Slack does not know the webhook or its channel any more');
  return status === 410 ? new ToolError('not_found', 'the channel of the webhook is archived') : undefined;
};
