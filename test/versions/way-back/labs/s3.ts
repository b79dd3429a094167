import fc from 'fast-check';
import { type S3Twin, startS3Twin } from '../../../twins/s3.ts';
import { caseOf, defineLab, fresh, type Scene, stopTwin, topologyOf } from '../lab.ts';

const BUCKETS = { plain: 'shop-plain', kept: 'shop-kept' } as const;
type Kind = keyof typeof BUCKETS;

const kind = fc.constantFrom<Kind>('plain', 'kept');
const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all));
const headers = fc.record(
  {
    'content-type': fc.constantFrom('text/plain', 'application/json; charset=utf-8'),
    'cache-control': fc.constant('no-store'),
    'x-amz-meta-owner': fc.constantFrom('ann', 'a b'),
  },
  { requiredKeys: ['content-type'] },
);
/** What a key held before, oldest first; null is a delete marker, or nothing where no versions are kept. */
const past = fc.array(fc.option(fc.record({ bytes, headers })), { maxLength: 3 });
type Past = typeof past extends fc.Arbitrary<infer T> ? T : never;

function sceneOf(twin: S3Twin, which: Kind, given: Past, args: Scene['args']): Scene {
  const bucket = twin.bucket(BUCKETS[which]);
  const key = fresh('ü key/a b');
  for (const held of given) {
    if (held) bucket.put(key, held.bytes, definedOf(held.headers));
    else bucket.remove(key);
  }
  const all = () => bucket.snapshot as [string, unknown][];
  return {
    args: { target: `store/${which}`, key, ...args },
    read: async () => ({
      own: structuredClone(all().filter(([name]) => name === key)),
      others: structuredClone(all().filter(([name]) => name !== key)),
    }),
    beside: () => bucket.put(fresh('beside'), 'x'),
    interfere: () => bucket.put(key, 'somebody else’s', { 'content-type': 'text/plain' }),
  };
}

const definedOf = (given: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );

export const s3 = defineLab<S3Twin>({
  name: 'the twin of S3',
  async start() {
    const twin = await startS3Twin();
    twin.bucket(BUCKETS.plain);
    twin.bucket(BUCKETS.kept).versioning = 'Enabled';
    return twin;
  },
  stop: stopTwin,
  stackOver: ({ url, account }) => ({
    topology: topologyOf(
      'store',
      `type: s3, url: ${url}, region: ${account.region}, credentials: {access_key_id: {env: S3_ID}, secret_access_key: {env: S3_SECRET}}, buckets: {plain: {bucket: ${BUCKETS.plain}}, kept: {bucket: ${BUCKETS.kept}}}`,
      'operates',
    ),
    env: {
      S3_ID: account.accessKeyId,
      S3_SECRET: account.secretAccessKey,
      MCP_STORE_WRITE_ACCESS: 'true',
    },
  }),
  forGood: {
    s3_put_irreversible: () => ({ args: { target: 'store/plain', key: fresh('key'), text: 'new' } }),
    s3_purge(twin) {
      const key = fresh('key');
      twin.bucket(BUCKETS.plain).put(key, 'old');
      return { args: { target: 'store/plain', key } };
    },
  },
  cases: {
    s3_put: caseOf(fc.record({ kind, past, bytes }), async (twin, given) => {
      const base64 = Buffer.concat([given.bytes, Buffer.from('new')]).toString('base64');
      return sceneOf(twin, given.kind, given.past, { base64, content_type: 'text/x-new' });
    }),
    s3_delete: caseOf(
      fc.record({ kind, past, last: fc.record({ bytes, headers }) }),
      async (twin, { kind: which, past: given, last }) => sceneOf(twin, which, [...given, last], {}),
    ),
  },
});
