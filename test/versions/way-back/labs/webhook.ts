import { HOOK_SECRET, HOOK_TOKEN, startWebhookTwin, type WebhookTwin } from '../../../twins/webhook.ts';
import { stopTwin } from '../lab.ts';

/** A receiver of events, and the fields of a component that sends them there. */
export const webhook = {
  start: startWebhookTwin,
  stop: stopTwin,
  fields: ({ hook }: WebhookTwin) =>
    `provider: webhook, url: ${hook}, credentials: {token: {env: TOKEN}}, signing_secret: {env: SHARED}`,
  env: { TOKEN: HOOK_TOKEN, SHARED: HOOK_SECRET },
};
