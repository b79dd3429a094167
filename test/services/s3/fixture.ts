import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/s3/connect.ts';
import type { BucketEntry, S3Connection } from '../../../src/services/s3/connection.ts';
import { s3 } from '../../../src/services/s3/service.ts';
import type { S3Types } from '../../../src/services/s3/tool.ts';
import type { Endpoint } from '../../../src/toolset/define.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { tapWire, type Wiretap } from '../../harness/wiretap.ts';
import { type S3Twin, startS3Twin } from '../../twins/s3.ts';
import type { BucketState } from '../../twins/s3-state.ts';

/** Buckets of the lab: one without versions, one with, and one that a link narrows to prefixes. */
export const BUCKETS = {
  plain: { bucket: 'shop-plain' },
  kept: { bucket: 'shop-kept' },
  narrow: { bucket: 'shop-plain', prefixes: ['reports/', 'tmp-'] },
} as const satisfies Record<string, BucketEntry | object>;

type Connection = Endpoint<S3Connection>['connection'];

export const connectionOf = ({ url, account }: S3Twin, over: Partial<Connection> = {}): Connection => ({
  url,
  region: account.region,
  credentials: {
    access_key_id: account.accessKeyId,
    secret_access_key: new Secret('secret_access_key', account.secretAccessKey),
    ...(account.sessionToken === undefined
      ? {}
      : { session_token: new Secret('session_token', account.sessionToken) }),
  },
  ...over,
});

type Subs = Readonly<Record<string, BucketEntry>>;

/** A component of type s3 whose tools run through clients of the real connector. */
export const openS3 = (connection: Connection, subs: Subs = narrowable(BUCKETS)) =>
  openToolLab<S3Types, S3Connection>({ connector, connection, subs, limits: s3.limits, component: 'store' });

const narrowable = (
  entries: Readonly<Record<string, { bucket: string; prefixes?: readonly string[] }>>,
): Subs =>
  Object.fromEntries(
    Object.entries(entries).map(([name, { bucket, prefixes }]) => [
      name,
      { bucket, ...(prefixes === undefined ? {} : { prefixes: [...prefixes] }) },
    ]),
  );

export interface Lab {
  readonly twin: S3Twin;
  readonly s3: ReturnType<typeof openS3>;
}

/** A twin and a lab on it for all tests of a file. After each test nothing that the twin does not know may have come. */
export function labForTests(): Lab {
  let twin: S3Twin | undefined;
  let lab: ReturnType<typeof openS3> | undefined;
  beforeAll(async () => {
    twin = await startS3Twin();
    twin.bucket(BUCKETS.plain.bucket);
    twin.bucket(BUCKETS.kept.bucket).versioning = 'Enabled';
    lab = openS3(connectionOf(twin));
  });
  afterEach(() => {
    expect(twin?.violations).toEqual([]);
    twin?.break(undefined);
    twin?.lacks.clear();
    twin?.forget();
  });
  afterAll(() => twin?.close());
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('the lab is not open yet');
    return thing;
  };
  return {
    get twin() {
      return there(twin);
    },
    get s3() {
      return there(lab);
    },
  };
}

/** A bucket without an object or version left in it. */
export function emptied(bucket: BucketState): BucketState {
  for (const [key, versions] of bucket.keys) for (const { id } of [...versions]) bucket.remove(key, id);
  return bucket;
}

/** A wiretap before the twin of a file's lab; forgotten after each test. */
export function tapForTests(lab: Lab): { readonly url: string; sent(): Buffer } {
  let tap: Wiretap | undefined;
  beforeAll(async () => {
    tap = await tapWire(lab.twin.port);
  });
  afterEach(() => tap?.forget());
  afterAll(() => tap?.close());
  return {
    get url() {
      return `http://127.0.0.1:${tap?.port}`;
    },
    sent: () => tap?.sent() ?? Buffer.alloc(0),
  };
}
