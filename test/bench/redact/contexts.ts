import type { RandomValues } from '../../secrets/random-values.ts';
import { alnum, digits, hex } from './secrets.ts';

/** A text around a value. The value is `{}`; `encode` is what the surroundings do to it. */
export interface Context {
  readonly name: string;
  write(random: RandomValues): string;
  encode?(value: string): string;
}

const context = (name: string, write: Context['write'], encode?: Context['encode']): Context => ({
  name,
  write,
  ...(encode && { encode }),
});
const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
const twiceInJson = (value: string) => inJson(inJson(value));
const inXml = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const time = (r: RandomValues) => new Date(1.7e12 + r.below(3e9) * 10).toISOString();

/** Where a value stands without a name of its own. */
export const FREE: readonly Context[] = [
  context(
    'log line',
    (r) => `${time(r)} ERROR [orders-api] request ${hex(r, 16)} failed: upstream said {} (attempt 2/5)`,
  ),
  context('sentence', () => 'We rotated {}, as agreed on Monday.'),
  context('alone', () => '{}'),
  context(
    'json',
    (r) => `{"level":"warn","ts":${1.7e9 + r.below(1e6)},"msg":"got {} from client","ok":false}`,
    inJson,
  ),
  context(
    'json in json',
    () => '{"log":"{\\"msg\\":\\"saw {} again\\",\\"n\\":3}\\n","stream":"stdout"}',
    twiceInJson,
  ),
  context('yaml', () => 'data:\n  note: "{}"\n  replicas: 3\n', inJson),
  context(
    'url query',
    (r) => `GET /v1/items?page=2&v={}&sort=asc HTTP/1.1" 200 ${r.below(9999)}`,
    encodeURIComponent,
  ),
  context(
    'sql',
    () => "INSERT INTO notes (id, body) VALUES (17, '{}');",
    (value) => value.replaceAll("'", "''"),
  ),
  context(
    'stack trace',
    () =>
      'Error: cannot use "{}"\n    at connect (/app/src/db.ts:41:11)\n    at async main (/app/src/main.ts:9:3)',
    inJson,
  ),
  context('csv', () => '17;{};2026-01-04;open'),
  context('markdown', () => '- **seen**: `{}` in the pod log'),
  context('xml', () => '<note to="ops">{}</note>', inXml),
  context('shell', () => 'echo {} | tee /tmp/out'),
  context('key=value', (r) => `level=info trace=${hex(r, 16)} got="{}" dur=12ms`, inJson),
];

/** Names that say that the value is a password. */
const PASSWORD_NAMES = [
  'password',
  'DB_PASSWORD',
  'dbPassword',
  'passwd',
  'pwd',
  'REDIS_PASSWORD',
  'spring.datasource.password',
  'user_pass',
  'passphrase',
];
const SECRET_NAMES = [
  'api_key',
  'API-KEY',
  'apiKey',
  'client_secret',
  'secret',
  'authToken',
  'access_token',
  'STRIPE_SECRET_KEY',
  'x-api-key',
  'refresh_token',
  'private_key',
  'signing-key',
  'session_id',
];

/** Contexts where a name says what the value is. `any`: the value may hold any character but a quote or a space. */
function namedContexts(names: readonly string[]): Context[] {
  return [
    context('env', (r) => `PORT=8080\nexport ${r.pick(names)}={}\nLOG=info\n`),
    context('env, quoted', (r) => `${r.pick(names)}="{}"\n`),
    context('json', (r) => `{"user":"ada","${r.pick(names)}":"{}","port":5432}`, inJson),
    context('json, spaced', (r) => `{\n  "${r.pick(names)}": "{}",\n  "port": 5432\n}`, inJson),
    context('json in json', (r) => `{"log":"{\\"${r.pick(names)}\\":\\"{}\\",\\"n\\":3}"}`, twiceInJson),
    context('yaml', (r) => `db:\n  ${r.pick(names)}: {}\n  host: db-1\n`),
    context(
      'yaml, quoted',
      (r) => `db:\n  ${r.pick(names)}: '{}'\n  host: db-1\n`,
      (value) => value.replaceAll("'", "''"),
    ),
    context(
      'log',
      (r) => `${time(r)} DEBUG connecting host=db-${r.below(9)} ${r.pick(names)}={} timeout=30s`,
    ),
    context('xml', (r) => `<${r.pick(names)}>{}</x>`, inXml),
    context('kubernetes env', (r) => `      - name: ${r.pick(names)}\n        value: {}\n`),
    context('kubernetes env, json', (r) => `{"name":"${r.pick(names)}","value":"{}"}`, inJson),
    context('url query', (r) => `https://api.example/v1?${r.pick(names)}={}&page=2`, encodeURIComponent),
    context(
      'python',
      (r) => `    "${r.pick(names)}": os.environ.get("X", ""), '${r.pick(names)}': '{}',`,
      (value) => value.replaceAll("'", "\\'"),
    ),
    context('flag', (r) => `app serve --${r.pick(names).toLowerCase().replaceAll('_', '-')} {} --verbose`),
    context(
      'flag, equals',
      (r) => `app serve --${r.pick(names).toLowerCase().replaceAll('_', '-')}={} --verbose`,
    ),
    context('code', (r) => `const ${r.pick(names).replaceAll(/[-.]/g, '_')} = "{}";`, inJson),
  ];
}

export const NAMED_PASSWORD: readonly Context[] = [
  ...namedContexts(PASSWORD_NAMES),
  context(
    'ado',
    () => 'Server=tcp:db,1433;User ID=sa;Password={};Encrypt=True;',
    (value) => value.replaceAll(';', ':'),
  ),
  context('libpq', () => 'host=db port=5432 user=ada password={} dbname=orders'),
  context(
    'sql',
    () => "CREATE USER ada WITH PASSWORD '{}' VALID UNTIL '2027-01-01';",
    (value) => value.replaceAll("'", "''"),
  ),
  context(
    'mysql',
    () => "CREATE USER 'ada'@'%' IDENTIFIED BY '{}';",
    (value) => value.replaceAll("'", "''"),
  ),
];
export const NAMED_SECRET: readonly Context[] = namedContexts(SECRET_NAMES);

export const AWS_CONTEXTS: readonly Context[] = [
  context(
    'credentials file',
    (r) => `[default]\naws_access_key_id = AKIA${alnum(r, 16).toUpperCase()}\naws_secret_access_key = {}\n`,
  ),
  context('api answer', () => '{"Credentials":{"SecretAccessKey":"{}","Expiration":"2026-01-01T00:00:00Z"}}'),
  context('csv of keys', (r) => `Access key ID,Secret access key\nAKIA${alnum(r, 16).toUpperCase()},{}\n`),
  context('env', () => 'AWS_SECRET_ACCESS_KEY={}\nAWS_REGION=eu-central-1'),
];

const inUrl = (value: string) => encodeURIComponent(value);
/** The whole of `user:password` is the label. */
export const URLS: readonly Context[] = [
  context(
    'postgres',
    () => 'could not connect to postgres://{}@db-1.internal:5432/orders?sslmode=require',
    inUrl,
  ),
  context('redis', (r) => `redis://{}@cache:${6000 + r.below(999)}/0`, inUrl),
  context('https', () => 'git clone https://{}@git.example.com/team/repo.git', inUrl),
  context('amqp', () => '{"broker":"amqp://{}@mq:5672/%2F"}', inUrl),
  context('mongodb', () => 'MONGO_URL=mongodb+srv://{}@c0.example.net/app?retryWrites=true', inUrl),
  context('jdbc', () => 'jdbc:oracle:thin://{}@ora:1521/XE', inUrl),
];

export const BEARER: readonly Context[] = [
  context('header', () => 'Authorization: Bearer {}\r\nAccept: */*\r\n'),
  context('curl', () => 'curl -sS -H "Authorization: Bearer {}" https://api.example/v1'),
  context('json of headers', () => '{"headers":{"authorization":"Bearer {}","accept":"*/*"}}'),
  context('log', (r) => `${time(r)} sent headers map[Authorization:[Bearer {}] Accept:[*/*]]`),
];
export const BASIC_HEADERS: readonly Context[] = [
  context('header', () => 'Authorization: Basic {}\r\nHost: x\r\n'),
  context('json of headers', () => '{"Authorization":"Basic {}"}'),
  context('proxy', () => 'Proxy-Authorization: Basic {}'),
];
export const COOKIES: readonly Context[] = [
  context('request', () => 'Cookie: theme=dark; sid={}; lang=en\r\n'),
  context('response', () => 'Set-Cookie: session={}; Path=/; HttpOnly; Secure\r\n'),
  context('java', () => 'Cookie: JSESSIONID={}'),
  context('json', () => '{"cookie":"connect.sid={}; _ga=GA1.2"}'),
];

export const PHONE_CONTEXTS: readonly Context[] = [
  context('field', () => '{"name":"Ada","phone":"{}","city":"Bonn"}'),
  context('sentence', () => 'please call {} before noon'),
  context('form', () => 'Tel.: {}'),
  context('yaml', () => 'contact:\n  mobile: {}\n'),
  context('log', (r) => `sms to {} failed, code ${digits(r, 3)}`),
];
