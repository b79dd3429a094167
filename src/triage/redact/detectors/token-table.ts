/** One shape of token: what it is, how it begins, and what follows. */
export interface TokenShape {
  readonly kind: string;
  readonly prefix: string;
  /** Sticky; matched at the prefix. */
  readonly pattern: RegExp;
  /** The prefix is weak, so it counts only where no letter or digit stands before it. */
  readonly atStart: boolean;
}

const WORD = '[\\w-]';
const ALNUM = '[A-Za-z0-9]';
const HEX = '[0-9a-fA-F]';
const BASE64 = '[A-Za-z0-9+/=_-]';

/**
 * kind, prefixes, and the rest as a pattern. The lengths are somewhat below those that the vendors give out, so
 * that a token which a log cut short is still hidden. The last repetition has no upper end: the whole run goes.
 */
const TABLE: readonly (readonly [kind: string, prefixes: string, rest: string])[] = [
  ['github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', `${ALNUM}{16,}`],
  ['github-token', 'github_pat_', '\\w{20,}'],
  [
    'gitlab-token',
    'glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt- _gitlab_session=',
    '[\\w.-]{16,}',
  ],
  ['gitlab-token', 'GR1348941', `${WORD}{20,}`],
  ['slack-token', 'xoxb- xoxa- xoxp- xoxo- xoxs- xoxr- xoxc- xoxd- xoxe- xapp- xwfp-', '[\\w%+/=-]{12,}'],
  ['slack-token', 'xoxe.xoxb- xoxe.xoxp-', `${WORD}{12,}`],
  [
    'slack-webhook',
    'https://hooks.slack.com/ hooks.slack.com/',
    '(?:services|workflows|triggers)/[\\w/-]{16,}',
  ],
  [
    'discord-webhook',
    'https://discord.com/api/webhooks/ https://discordapp.com/api/webhooks/ discord.com/api/webhooks/ discordapp.com/api/webhooks/',
    `\\d{10,}/${WORD}{20,}`,
  ],
  ['teams-webhook', 'webhook.office.com/webhookb2/', '[\\w@/-]{40,}'],
  ['aws-key-id', 'AKIA ASIA ABIA ACCA', '[A-Z0-9]{16}(?![A-Za-z0-9])'],
  ['aws-key-id', 'amzn.mws.', '[0-9a-f-]{36,}'],
  ['aws-bedrock-key', 'ABSK bedrock-api-key-', '[A-Za-z0-9+/=]{60,}'],
  ['google-api-key', 'AIza', `${WORD}{30,}`],
  ['google-oauth', 'ya29.', '[\\w.-]{20,}'],
  ['google-oauth', 'GOCSPX-', `${WORD}{20,}`],
  ['google-oauth', '1//0', `${WORD}{36,}`],
  ['stripe-key', 'sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_', `${ALNUM}{10,}`],
  ['webhook-secret', 'whsec_', `${BASE64}{20,}`],
  ['npm-token', 'npm_', `${ALNUM}{30,}`],
  ['pypi-token', 'pypi-', `AgE${WORD}{40,}`],
  ['docker-token', 'dckr_pat_ dckr_oat_', `${WORD}{20,}`],
  ['openai-key', 'sk-proj- sk-svcacct- sk-admin- sk-None-', `${WORD}{20,}`],
  ['openai-key', 'sk-', `${ALNUM}{32,}`],
  ['openrouter-key', 'sk-or-v1-', `${HEX}{40,}`],
  ['anthropic-key', 'sk-ant-', `${WORD}{20,}`],
  ['huggingface-token', 'hf_ api_org_', `${ALNUM}{30,}`],
  ['groq-key', 'gsk_', `${ALNUM}{40,}`],
  ['xai-key', 'xai-', `${ALNUM}{60,}`],
  ['perplexity-key', 'pplx-', `${ALNUM}{32,}`],
  ['replicate-token', 'r8_', `${ALNUM}{36,}`],
  ['sendgrid-key', 'SG.', `${WORD}{16,64}\\.${WORD}{16,}`],
  ['mailgun-key', 'key- pubkey-', `${HEX}{32,}`],
  ['sendinblue-key', 'xkeysib- xsmtpsib-', `${HEX}{40,}(?:-${ALNUM}{8,})?`],
  ['twilio-key', 'SK', '[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', `${HEX}{40,}`],
  ['heroku-key', 'HRKU-', `${WORD}{36,}`],
  ['databricks-token', 'dapi', '[0-9a-f]{32}(?:-\\d)?(?![A-Za-z0-9])'],
  ['vault-token', 'hvs. hvb. hvr.', `${WORD}{20,}`],
  ['vault-token', 's. b. r.', '(?=[A-Za-z]{0,23}\\d)[A-Za-z0-9]{24}(?![\\w.-])'],
  ['pulumi-token', 'pul-', `${HEX}{40,}`],
  ['shopify-token', 'shpat_ shpca_ shppa_ shpss_', `${HEX}{24,}`],
  ['square-token', 'sq0atp- sq0csp- sq0idp-', `${WORD}{20,}`],
  ['square-token', 'EAAA', `${WORD}{56,}`],
  ['facebook-token', 'EAAM EAAC EAAB EAAG', `${ALNUM}{80,}`],
  ['grafana-token', 'glsa_', `${ALNUM}{24,}(?:_${HEX}{6,})?`],
  ['grafana-token', 'glc_ eyJrIjoi', `${BASE64}{32,}`],
  ['newrelic-key', 'NRAK- NRJS- NRII- NRRA- NRIQ- NRSP-', `${WORD}{19,}`],
  ['sentry-token', 'sntrys_ sntryu_', `${BASE64}{40,}`],
  ['linear-key', 'lin_api_ lin_oauth_', `${ALNUM}{30,}`],
  ['notion-token', 'ntn_ secret_', `${ALNUM}{40,}`],
  ['atlassian-token', 'ATATT3 ATCTT3', `${BASE64}{40,}`],
  ['bitbucket-token', 'ATBB', `${BASE64}{28,}`],
  ['postman-key', 'PMAK-', `${HEX}{24}-${HEX}{30,}`],
  ['rubygems-key', 'rubygems_', `${HEX}{40,}`],
  ['crates-token', 'cio', '(?=[A-Za-z]{0,31}\\d)[A-Za-z0-9]{32}(?![A-Za-z0-9])'],
  ['nuget-key', 'oy2', '[a-z0-9]{43}(?![A-Za-z0-9])'],
  ['clojars-token', 'CLOJARS_', '[a-z0-9]{50,}'],
  ['doppler-token', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', '[\\w.-]{36,}'],
  ['planetscale-token', 'pscale_tkn_ pscale_pw_ pscale_oauth_', '[\\w=.-]{28,}'],
  ['airtable-token', 'pat', `${ALNUM}{14}\\.${HEX}{60,}`],
  ['figma-token', 'figd_ figdr_', `${WORD}{36,}`],
  ['fly-token', 'fo1_ fm1_ fm1a_ fm1r_ fm2_', `${BASE64}{40,}`],
  ['age-key', 'AGE-SECRET-KEY-1', '[A-Z0-9]{20,}'],
  ['onepassword-token', 'ops_', `eyJ${BASE64}{40,}`],
  ['tailscale-key', 'tskey-', '[a-z]{2,12}-[\\w-]{16,}'],
  ['cloudflare-key', 'v1.0-', `${HEX}{24}-${HEX}{60,}`],
  ['circleci-token', 'CCIPAT_ CCIPRJ_', '[\\w-]{30,}'],
  ['buildkite-token', 'bkua_ bkcd_', `${ALNUM}{36,}`],
  ['supabase-key', 'sbp_ sb_secret_', `${WORD}{28,}`],
  ['netlify-token', 'nfp_', `${ALNUM}{32,}`],
  ['dynatrace-token', 'dt0c01. dt0s01. dt0s16.', '[A-Z0-9]{8,24}\\.[A-Z0-9]{32,}'],
  ['easypost-key', 'EZAK EZTK', `${ALNUM}{54}(?![A-Za-z0-9])`],
  ['duffel-token', 'duffel_live_ duffel_test_', `${WORD}{36,}`],
  ['flutterwave-key', 'FLWSECK_TEST- FLWSECK- FLWPUBK_TEST-', `${ALNUM}{12,}`],
  ['shippo-token', 'shippo_live_ shippo_test_', `${HEX}{36,}`],
  ['typeform-token', 'tfp_', '[\\w.=-]{40,}'],
  ['alibaba-key-id', 'LTAI', '(?=[A-Za-z]{0,20}\\d)[A-Za-z0-9]{16,}'],
  ['octopus-key', 'API-', '[A-Z0-9]{26,}'],
  ['openshift-token', 'sha256~', `${WORD}{36,}`],
  ['sonar-token', 'squ_ sqp_ sqa_ sqb_', `${HEX}{40}(?![A-Za-z0-9])`],
  ['sourcegraph-token', 'sgp_', '(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40,}'],
  ['artifactory-key', 'AKCp', `${ALNUM}{60,}`],
  ['artifactory-key', 'cmVmdGtu', `${ALNUM}{50,}`],
  ['contentful-token', 'CFPAT-', `${WORD}{40,}`],
  ['plaid-token', 'access-sandbox- access-development- access-production-', '[0-9a-f-]{36,}'],
  ['braintree-token', 'access_token$production$ access_token$sandbox$', '[0-9a-z]{16}\\$[0-9a-f]{32,}'],
  ['prefect-key', 'pnu_ pnb_', `${ALNUM}{36,}`],
  ['readme-key', 'rdme_', `${ALNUM}{60,}`],
  ['scalingo-token', 'tk-us-', `${WORD}{44,}`],
  ['infracost-key', 'ico-', `${ALNUM}{30,}`],
  ['frameio-token', 'fio-u-', `${WORD}{60,}`],
  ['harness-token', 'pat. sat.', `${WORD}{20,24}\\.${HEX}{24}\\.${ALNUM}{20,}`],
  ['adobe-secret', 'p8e-', `${ALNUM}{30,}`],
  ['pagerduty-key', 'pdus+', '[\\w+-]{16,}'],
  ['mapbox-token', 'sk.eyJ', '[\\w-]{20,}\\.[\\w-]{16,}'],
  ['yandex-key', 'AQVN', `${WORD}{35,}`],
  ['onepassword-key', 'A3-', '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'],
  ['langsmith-key', 'lsv2_pt_ lsv2_sk_', '[0-9a-f_]{32,}'],
  ['definednetworking-token', 'dnkey-', '[a-z0-9=_-]{40,}'],
  ['lob-key', 'live_ test_', '[0-9a-f]{35}(?![A-Za-z0-9])'],
  ['clickhouse-key', '4b1d', '(?=[A-Za-z]{0,37}\\d)(?=[0-9a-z]{0,37}[A-Z])[A-Za-z0-9]{38}(?![A-Za-z0-9])'],
  ['cloudinary-url', 'cloudinary://', '\\d{6,}:[\\w-]{20,}'],
];

const ESCAPED = /[.*+?^${}()|[\]\\/]/g;

export const TOKEN_SHAPES: readonly TokenShape[] = TABLE.flatMap(([kind, prefixes, rest]) =>
  prefixes.split(' ').map((prefix) => ({
    kind,
    prefix,
    pattern: new RegExp(`${prefix.replace(ESCAPED, '\\$&')}${rest}`, 'y'),
    atStart: prefix.length < 4 || /[A-Za-z0-9]$/.test(prefix) || prefix === 'key-' || prefix === 'API-',
  })),
);
