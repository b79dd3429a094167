import type { RandomValues } from '../../secrets/random-values.ts';
import { alnum, chars, digits, hex } from './secrets.ts';

/** Text of one kind that looks like a secret or a person's data and is neither: every change of it is false. */
export interface LookAlike {
  readonly kind: string;
  write(random: RandomValues): string;
}

const uuid = (r: RandomValues) => [8, 4, 4, 4, 12].map((n) => hex(r, n)).join('-');
const name = (r: RandomValues) =>
  r.pick(['orders-api', 'payments', 'cart', 'token-service', 'auth-proxy', 'key-manager', 'session-store']);
const time = (r: RandomValues) => new Date(1.7e12 + r.below(3e9) * 10).toISOString();

export const LOOK_ALIKES: readonly LookAlike[] = [
  { kind: 'commit', write: (r) => `deployed commit ${hex(r, 40)} (was ${hex(r, 7)}) to ${name(r)}` },
  { kind: 'uuid', write: (r) => `request_id=${uuid(r)} trace=${hex(r, 32)} span=${hex(r, 16)}` },
  {
    kind: 'image digest',
    write: (r) => `Pulled image "registry.example/shop/${name(r)}:v1.${r.below(99)}@sha256:${hex(r, 64)}"`,
  },
  {
    kind: 'timestamp',
    write: (r) => `${time(r)} start=${1.7e12 + r.below(1e9)} end_ns=${1.7e9 + r.below(1e6)}${digits(r, 9)}`,
  },
  {
    kind: 'version',
    write: (r) =>
      `upgraded from 1.${r.below(40)}.${r.below(20)} to 2.0.${r.below(9)}-rc.${r.below(9)}+build.${digits(r, 8)}`,
  },
  {
    kind: 'host',
    write: (r) => `dial tcp ${name(r)}.shop.svc.cluster.local:5432: connect: connection refused`,
  },
  {
    kind: 'price',
    write: (r) => `total EUR ${digits(r, 4)}.${digits(r, 2)}, $1,${digits(r, 3)}.00 and 12 345,67 €`,
  },
  {
    kind: 'order id',
    write: (r) => `order ${digits(r, 3)}-${digits(r, 7)}-${digits(r, 7)} / ORD-2026-${digits(r, 8)} shipped`,
  },
  {
    kind: 'checksum',
    write: (r) => `${hex(r, 32)}  backup-${digits(r, 8)}.tar.gz sha1=${hex(r, 40)} etag="${hex(r, 32)}"`,
  },
  {
    kind: 'base64 image',
    write: (r) =>
      `<img src="data:image/png;base64,iVBORw0KGgo${chars(r, 'ABCDEFGHabcdefgh0123456789+/', 400)}=">`,
  },
  {
    kind: 'integrity',
    write: (r) =>
      `"integrity": "sha512-${chars(r, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 86)}=="`,
  },
  {
    kind: 'pod',
    write: (r) =>
      `pod/${name(r)}-${chars(r, 'bcdfghjklmnpqrstvwxz2456789', 10)}-${chars(r, 'bcdfghjklmnpqrstvwxz2456789', 5)} 1/1 Running 0 3d`,
  },
  {
    kind: 'secret by name',
    write: (r) => `MountVolume.SetUp failed for volume "creds": secret "${name(r)}-tls" not found`,
  },
  {
    kind: 'secret reference',
    write: (r) =>
      `env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: ${name(r)}-db\n      key: password\n`,
  },
  {
    kind: 'token count',
    write: (r) =>
      `prompt_tokens=${digits(r, 4)} completion_tokens=${digits(r, 3)} max_tokens: 4096, token_type: bearer`,
  },
  { kind: 'page token', write: (r) => `nextPageToken: "${alnum(r, 20)}" cursor=${alnum(r, 16)}` },
  {
    kind: 'failed login',
    write: (r) => `FATAL: password authentication failed for user "${name(r)}"; password: incorrect`,
  },
  {
    kind: 'policy',
    write: () => 'password_min_length=12 passwordPolicy: strict token_ttl=3600 secret_name=orders-db',
  },
  {
    kind: 'placeholder',
    write: () => 'password=$DB_PASSWORD token: "{{ .Values.token }}" secret=<redacted> api_key=*** pwd=%s',
  },
  {
    kind: 'code',
    write: () =>
      'const token = getToken(); password = os.environ["DB_PASSWORD"]; this.secret = config.get("secret")',
  },
  {
    kind: 'metric',
    write: (r) => `http_requests_total{path="/login",code="200"} ${digits(r, 9)} ${1.7e12 + r.below(1e9)}`,
  },
  {
    kind: 'address',
    write: (r) =>
      `peer 10.${r.below(255)}.${r.below(255)}.${r.below(255)}:${digits(r, 5)} fe80::${hex(r, 4)}:${hex(r, 4)} 00:1a:2b:${hex(r, 2)}:${hex(r, 2)}:${hex(r, 2)}`,
  },
  {
    kind: 'at sign',
    write: (r) =>
      `git@github.com:shop/${name(r)}.git logo@2x.png npm i react@18.${r.below(9)}.0 @scope/pkg @user`,
  },
  {
    kind: 'url',
    write: (r) =>
      `GET https://api.example.com:8443/v1/users/${digits(r, 6)}?page=${r.below(9)}&sort=-created ftp://files.example/a@b`,
  },
  {
    kind: 'large number',
    write: (r) => `offset=${digits(r, 16)} lag=${digits(r, 13)} snowflake ${1 + r.below(3)}${digits(r, 18)}`,
  },
  {
    kind: 'date and time',
    write: (r) =>
      `2026-0${1 + r.below(9)}-1${r.below(9)} 12:30:4${r.below(9)},${digits(r, 3)} +0200 [pid 12-34-56] 12/25/2026`,
  },
  {
    kind: 'diff',
    write: (r) => `@@ -${digits(r, 3)},7 +${digits(r, 3)},9 @@ index ${hex(r, 7)}..${hex(r, 7)} 100644`,
  },
  {
    kind: 'key of a table',
    write: (r) =>
      `duplicate key value violates unique constraint "orders_pkey": Key (id)=(${digits(r, 6)}) primary_key: id, partition key: tenant-${digits(r, 4)}`,
  },
  {
    kind: 'path',
    write: (r) =>
      `/var/run/secrets/kubernetes.io/serviceaccount/token /etc/ssl/private/key.pem ${name(r)}/src/auth/session.ts:41:11`,
  },
  {
    kind: 'quantity',
    write: (r) =>
      `cpu: 250m, memory: 512Mi, requests: ${digits(r, 5)}, p99=${digits(r, 3)}.${digits(r, 6)}ms, ratio 0.${digits(r, 16)}`,
  },
  {
    kind: 'resource name',
    write: (r) =>
      `arn:aws:iam::${digits(r, 12)}:role/${name(r)} projects/shop/secrets/db/versions/${r.below(9)}`,
  },
  {
    kind: 'public key',
    write: (r) =>
      `-----BEGIN CERTIFICATE-----\nMIID${chars(r, 'ABCDEFGHabcdefgh0123456789+/', 60)}\n-----END CERTIFICATE-----`,
  },
  {
    kind: 'cache',
    write: (r) => `cache key=orders:${digits(r, 6)}:v2 hit; session: none; auth: disabled; pass=12 fail=0`,
  },
];
