import { fieldsOf, type HttpTwin, Strange, startHttpTwin, textOf } from './http-twin.ts';

/**
 * TWIN of a Slack incoming webhook: one address, one channel, no reading.
 *
 * - https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * - https://docs.slack.dev/reference/block-kit/blocks/section-block
 */
export interface SlackTwin extends HttpTwin {
  /** The address, which is the credential. */
  readonly webhook: string;
  readonly messages: readonly SlackMessage[];
}

export interface SlackMessage {
  /** What a notification shows. */
  readonly text: string;
  /** Text of each block, as it was sent. */
  readonly blocks: readonly string[];
}

const PATH = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';

export async function startSlackTwin(): Promise<SlackTwin> {
  const messages: SlackMessage[] = [];
  const twin = await startHttpTwin([], ({ method, path, json, headers, query }) => {
    if (method !== 'POST' || query.length > 0) throw new Strange('unknown request');
    if (path !== PATH) return { status: 404, text: 'no_service' };
    if (headers['content-type'] !== 'application/json') throw new Strange('content-type');
    const message = fieldsOf(json, ['text', 'blocks', 'link_names', 'unfurl_links', 'unfurl_media']);
    if (message.link_names !== false) throw new Strange('names would be linked');
    const blocks = Array.isArray(message.blocks) ? message.blocks : [];
    if (blocks.length === 0 || blocks.length > 50) throw new Strange('1 to 50 blocks');
    messages.push({ text: textOf(message.text, 40_000), blocks: blocks.map(sectionOf) });
    return { status: 200, text: 'ok' };
  });
  return { ...twin, webhook: `${twin.url}${PATH}`, messages };
}

function sectionOf(block: unknown): string {
  const { type, text } = fieldsOf(block, ['type', 'text']);
  if (type !== 'section') throw new Strange(`block ${type}`);
  const object = fieldsOf(text, ['type', 'text', 'emoji']);
  if (object.type !== 'plain_text') throw new Strange('a text that Slack would parse');
  return textOf(object.text, 3000);
}
