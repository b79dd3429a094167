import { expect, test } from 'vitest';
import { createRedactor, redact, redactJson } from '../../../src/triage/redact/redact.ts';

const GITHUB = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

test.each([
  [
    'connecting postgres://shop:hunter2@db:5432/orders',
    'connecting postgres://{url-userinfo#1}@db:5432/orders',
  ],
  ['mysql://u:p/a@ss@db/x', 'mysql://{url-userinfo#1}@db/x'],
  ['PASSWORD=abc123 user=x', 'PASSWORD={password#1} user=x'],
  ['{"password":"a\\"b","user":"x"}', '{"password":"{password#1}","user":"x"}'],
  ['{"log":"{\\"password\\":\\"x1\\"}"}', '{"log":"{\\"password\\":\\"{password#1}\\"}"}'],
  ['Authorization: Bearer abcdef1234567890 status=200', 'Authorization: Bearer {bearer-token#1} status=200'],
  ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic {basic-auth#1}'],
  ['Cookie: sid=abc; theme=dark', 'Cookie: sid={cookie#1}; theme={cookie#2}'],
  ['Set-Cookie: sid=abc; Path=/; HttpOnly', 'Set-Cookie: sid={cookie#1}; Path=/; HttpOnly'],
  ['User ID=sa;Password=p@ss;word;Encrypt=True', 'User ID=sa;Password={password#1};Encrypt=True'],
  ['Driver=x;PWD={a;b};Server=y', 'Driver=x;PWD={{password#1}};Server=y'],
  ['password: correct horse battery', 'password: {password#1}'],
  ['password: |\n  abc\n  def\nuser: x', 'password: |\n  {password#1}\nuser: x'],
  ['- name: DB_PASSWORD\n  value: hunter2\n', '- name: DB_PASSWORD\n  value: {password#1}\n'],
  ['<password>hunter2</password>', '<password>{password#1}</password>'],
  ["CREATE USER x WITH PASSWORD 'hun''ter2';", "CREATE USER x WITH PASSWORD '{password#1}';"],
  ['mysql -uroot -phunter2 db', 'mysql -uroot -p{password#1} db'],
  ['curl -u ada:hunter2 https://x', 'curl -u ada:{password#1} https://x'],
  ['run --password hunter2 --verbose', 'run --password {password#1} --verbose'],
  ['/cb?access_token=abcdefg123&state=1', '/cb?access_token={token#1}&state=1'],
  ['X-Api-Key: 0f8fad5b-d9cb-469f', 'X-Api-Key: {api-key#1}'],
  ['{"pin": 1234, "card": 4111111111111111}', '{"pin": "{pin#1}", "card": "{card#1}"}'],
  ['{"passwords": ["a1", "b2"]}', '{"passwords": ["{password#1}", "{password#2}"]}'],
  ['card 4111 1111 1111 1111 exp 12/26', 'card {card#1} exp 12/26'],
  ['IBAN DE89 3704 0044 0532 0130 00 ok', 'IBAN {iban#1} ok'],
  ['mail bob@example.com or 020 7946 0958', 'mail {email#1} or 020 7946 0958'],
  ['call +44 20 7946 0958 or (555) 123-4567', 'call {phone#1} or {phone#2}'],
  ["define( 'DB_PASSWORD', 'admin' );", "define( 'DB_PASSWORD', '{password#1}' );"],
  [
    "define('NONCE_SALT', ':9URM*n56|I|Rf$|ud0cFJ<KAA<1h_w]A!/?])<q+!qK>+Lq');",
    "define('NONCE_SALT', '{secret#1}');",
  ],
  ['<Pass encoding="base64">NjllNWU5ZWMwZDU0</Pass>', '<Pass encoding="base64">{password#1}</Pass>'],
  ['  secret_key_base: e0ec946fcefea5ce0d4d924f3c8db11d', '  secret_key_base: {api-key#1}'],
  ['the password is hunter2!', 'the password is {password#1}'],
  ['&quot;password&quot;:&quot;x12&quot;', '&quot;password&quot;:&quot;{password#1}&quot;'],
  [`AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`, '{aws-key-id#1},{aws-secret-key#1}'],
])('%s', (text, expected) => {
  expect(redact(text).text).toBe(expected);
});

test.each([
  'password authentication failed for user "x"',
  'token: expired',
  'max_tokens=4096 nextPageToken=abcdefgh12345678',
  'password=$DB_PASSWORD token={{ .Values.token }}',
  'secret "orders-db-tls" not found',
  'git@github.com:shop/cart.git logo@2x.png react@18.2.0',
  'order 114-3941689-8772232 2026-11-25T15:00:00Z',
  'DE12 3704 0044 0532 0130 00 is no IBAN',
  'id 4111111111111112',
  'const token = getToken(); this.secret = config.get("x")',
  'https://api.example.com:8443/@scope/pkg',
])('leaves alone: %s', (text) => {
  expect(redact(text)).toEqual({ text, report: { counts: {}, masked: [] } });
});

test('the same value has the same placeholder throughout a run, however it is written', () => {
  const redactor = createRedactor();
  expect(redactor.text('a@example.com b@example.com')).toBe('{email#1} {email#2}');
  expect(redactor.text('b%40example.com, card 4111-1111-1111-1111')).toBe('{email#2}, card {card#1}');
  expect(redactor.json({ cards: ['4111 1111 1111 1111', 'a@example.com'] })).toEqual({
    cards: ['{card#1}', '{email#1}'],
  });
  expect(redactor.report().counts).toEqual({ card: 2, email: 4 });
});

test('the report says where each stood, and never what', () => {
  const { value, report } = redactJson({
    logs: [{ line: `seen ${GITHUB}` }],
    env: { 'a/b': { password: 'hunter2' } },
  });
  expect(value).toEqual({
    logs: [{ line: 'seen {github-token#1}' }],
    env: { 'a/b': { password: '{password#1}' } },
  });
  expect(report.masked).toEqual([
    {
      kind: 'github-token',
      placeholder: '{github-token#1}',
      from: 5,
      to: 5 + GITHUB.length,
      path: '/logs/0/line',
    },
    { kind: 'password', placeholder: '{password#1}', from: 0, to: 7, path: '/env/a~1b/password' },
  ]);
  expect(JSON.stringify(report)).not.toMatch(/hunter2|ghp_/);
});

test('in a JSON value names hide at any depth, pairs are read, and other values keep their types', () => {
  const value = {
    env: [
      { name: 'DB_PASSWORD', value: 'x' },
      { name: 'PORT', value: '8080' },
    ],
    headers: [
      ['x-api-key', 'k3y-0123456789'],
      ['accept', '*/*'],
    ],
    credentials: { user: 'u1', inner: { a: 'secret-1' } },
    pin: 1234,
    port: 5432,
    ok: true,
    none: null,
    'bob@example.com': 1,
  };
  expect(redactJson(value).value).toEqual({
    env: [
      { name: 'DB_PASSWORD', value: '{password#1}' },
      { name: 'PORT', value: '8080' },
    ],
    headers: [
      ['x-api-key', '{api-key#1}'],
      ['accept', '*/*'],
    ],
    credentials: { user: 'u1', inner: { a: '{password#2}' } },
    pin: '{pin#1}',
    port: 5432,
    ok: true,
    none: null,
    '{email#1}': 1,
  });
});

test('a private key that a log wrote line by line is hidden to its end, and no further', () => {
  const lines = [
    '-----BEGIN RSA PRIVATE KEY-----',
    `MIIE${'a1B2'.repeat(15)}`,
    'Zm9vYmFy',
    '-----END RSA PRIVATE KEY-----',
    'deployed',
  ];
  const logs = lines.map((line, i) => ({ component: 'orders', at: `2026-01-01T00:00:0${i}Z`, line }));
  const { value } = redactJson(logs);
  expect(value).toEqual(
    logs.map((log, i) => ({ ...log, line: i < 4 ? `{private-key#${i + 1}}` : 'deployed' })),
  );
});
