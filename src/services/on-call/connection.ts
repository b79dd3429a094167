import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { BaseUrl, HttpCredentials } from '../../toolset/http/connection.ts';
import { LabelScope } from '../../toolset/label-scope.ts';
import { checkProvider } from '../../toolset/provider-fields.ts';

export const PROVIDERS = ['pagerduty', 'alertmanager', 'slack', 'webhook'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Labels that a page in Alertmanager sets by itself. */
const OWN_LABELS = ['alertname', 'severity', 'component', 'stackward_key'];

/** The fields of a topology component that say how its people are called. */
export const OnCallConnection = z
  .strictObject({
    provider: z.enum(PROVIDERS),
    routing_key: secret().optional().describe('pagerduty: integration key of an Events API v2 integration'),
    api: z
      .strictObject({
        token: secret(),
        service: z
          .string()
          .regex(/^[A-Z0-9]{6,20}$/, 'write the id of a PagerDuty service, such as PIJ90N7')
          .describe('Id of the service that the routing key belongs to'),
        url: setting(BaseUrl).optional().describe('https://api.pagerduty.com if absent'),
      })
      .optional()
      .describe('pagerduty: read-only REST access, to show what is open and who is on call'),
    url: setting(BaseUrl)
      .optional()
      .describe(
        'pagerduty: https://events.pagerduty.com if absent; alertmanager: its base URL; webhook: where events are posted',
      ),
    credentials: HttpCredentials.optional().describe(
      'alertmanager, webhook: a bearer token, or user and password',
    ),
    labels: LabelScope.shape.labels
      .refine(
        (labels) => !OWN_LABELS.some((name) => Object.hasOwn(labels, name)),
        `${OWN_LABELS.join(', ')} are set by each page`,
      )
      .optional()
      .describe('alertmanager: labels of every page, for its routes'),
    webhook_url: secret()
      .optional()
      .describe('slack: the address of an incoming webhook, which is a credential'),
    signing_secret: secret().optional().describe('webhook: signs every event with HMAC-SHA256'),
  })
  .superRefine(
    checkProvider({
      pagerduty: { needs: ['routing_key'], takes: ['api', 'url'] },
      alertmanager: { needs: ['url'], takes: ['credentials', 'labels'] },
      slack: { needs: ['webhook_url'], takes: [] },
      webhook: { needs: ['url'], takes: ['credentials', 'signing_secret'] },
    }),
  );
export type OnCallConnection = z.output<typeof OnCallConnection>;
