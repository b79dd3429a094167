import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, encode, signatureFault } from './s3-signature.ts';
import { BucketState, Refused, type Version } from './s3-state.ts';
import { document, errorXml, listXml, taggingXml, versioningXml, versionsXml } from './s3-xml.ts';

/**
 * TWIN of the part of Amazon S3's REST API (2006-03-01) that the tools use: objects with versions, conditions and
 * ranges, lists, and the settings of a bucket. It checks Signature Version 4 itself. A path, query, header or method
 * that it does not know is a violation that a test asserts on.
 *
 * - operations: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 * - conditions: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 * - errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 *
 * The number of tags is in no header: S3 gives it only to accounts that may read tags.
 */
export interface S3Twin {
  readonly url: string;
  readonly port: number;
  readonly account: Account;
  /** A bucket's state; made if it is not there. */
  bucket(name: string): BucketState;
  /** Every request that came, in order. */
  readonly requests: readonly TwinRequest[];
  /** The requests that are no reads. */
  writes(): TwinRequest[];
  readonly violations: readonly string[];
  forget(): void;
  /** Does the next request of a method and then breaks its connection, so that the answer is lost. */
  loseAnswer(method: string): void;
  /** Lets somebody else act once, right before the next request of a method is looked at. */
  meanwhile(method: string, act: () => void): void;
  /** Queries and conditions that it knows nothing of, as a smaller server: `policy`, `if-match` ... */
  readonly lacks: Set<string>;
  /** Answers every request with an error. */
  break(fault: { status: number; code: string; headers?: Record<string, string> } | undefined): void;
  close(): Promise<void>;
}

export interface TwinRequest {
  readonly method: string;
  /** As the request line has them. */
  readonly target: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const STORED = 'content-type content-encoding content-disposition content-language cache-control'.split(' ');
const COMMON =
  'host connection user-agent x-amz-user-agent amz-sdk-invocation-id amz-sdk-request x-amz-date x-amz-content-sha256 x-amz-security-token authorization';
const HEADERS: Readonly<Record<string, ReadonlySet<string>>> = {
  GET: new Set(`${COMMON} range if-match`.split(' ')),
  HEAD: new Set(COMMON.split(' ')),
  PUT: new Set(`${COMMON} content-length content-md5 if-match if-none-match ${STORED.join(' ')}`.split(' ')),
  DELETE: new Set(`${COMMON} if-match`.split(' ')),
};
const LIST = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const OF_BUCKET: Readonly<Record<string, readonly string[]>> = {
  'list-type': [...LIST, 'continuation-token'],
  versions: [...LIST, 'key-marker', 'version-id-marker'],
  versioning: [],
  publicAccessBlock: [],
  policy: [],
  lifecycle: [],
};
const OF_OBJECT: Readonly<Record<string, readonly string[]>> = {
  GET: ['x-id', 'versionId', 'tagging'],
  HEAD: ['versionId'],
  PUT: ['x-id'],
  DELETE: ['x-id', 'versionId'],
};

/** Something that S3 itself may take, but no tool has a reason to send. */
class Violation extends Error {}

const DEFAULT_ACCOUNT: Account = {
  accessKeyId: 'AKIATWINTWINTWINTWIN',
  secretAccessKey: 'twin/secret+access/key',
  region: 'eu-central-1',
};

/**
 * Starts one on a free loopback port.
 * @param domain where given, buckets stand before this host name; else they are in the path
 */
export async function startS3Twin(
  account: Account = DEFAULT_ACCOUNT,
  { domain }: { domain?: string } = {},
): Promise<S3Twin> {
  const buckets = new Map<string, BucketState>();
  const lacks = new Set<string>();
  const violations: string[] = [];
  let requests: TwinRequest[] = [];
  let lost: string | undefined;
  let before: { method: string; act: () => void } | undefined;
  let broken: { status: number; code: string; headers?: Record<string, string> } | undefined;

  const answer = (request: TwinRequest): Answer => {
    if (broken) throw new Refused(broken.status, broken.code, broken.headers);
    const fault = signatureFault({ ...request, query: [...request.query] }, account);
    if (fault !== undefined) throw new Refused(fault === 'AuthorizationHeaderMalformed' ? 400 : 403, fault);
    for (const name of Object.keys(request.headers))
      if (
        !HEADERS[request.method]?.has(name) &&
        !(request.method === 'PUT' && name.startsWith('x-amz-meta-'))
      )
        throw new Violation(`header ${name}`);
    const { name, key } = placeOf(request, domain);
    if (before?.method === request.method) {
      const { act } = before;
      before = undefined;
      act();
    }
    const bucket = buckets.get(name);
    if (!bucket) throw new Refused(404, 'NoSuchBucket');
    return key === '' ? ofBucket(name, bucket, request, lacks) : ofObject(bucket, key, request, lacks);
  };

  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = read(incoming.method ?? '', incoming.url ?? '', incoming.headers, Buffer.concat(chunks));
    requests.push(request);
    const given = answered(
      () => answer(request),
      (what) => violations.push(`${request.method} ${request.target}: ${what}`),
    );
    if (lost === request.method) {
      lost = undefined;
      response.destroy();
    } else send(response, request.method, given);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${domain ?? '127.0.0.1'}:${port}`,
    port,
    account,
    violations,
    lacks,
    get requests() {
      return requests;
    },
    writes: () => requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD'),
    bucket(name) {
      const bucket = buckets.get(name) ?? new BucketState();
      buckets.set(name, bucket);
      return bucket;
    },
    forget() {
      requests = [];
    },
    loseAnswer(method) {
      lost = method;
    },
    meanwhile(method, act) {
      before = { method, act };
    },
    break(fault) {
      broken = fault;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function read(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer): TwinRequest {
  const [path = '', search = ''] = target.split('?');
  const pairs = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value)];
    });
  return { method, target, path, query: new Map(pairs), headers, body };
}

function answered(answer: () => Answer, report: (what: string) => void): Answer {
  try {
    return answer();
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused(400, 'InvalidRequest');
    if (!(error instanceof Refused)) report(error instanceof Error ? error.message : String(error));
    const { status, code, headers } = refused;
    const body = errorXml(
      code,
      'The key AKIA-OF-SOMEBODY and the path /internal/secret.txt are no business of yours',
    );
    return { status, headers: { 'content-type': 'application/xml', ...headers }, body };
  }
}

function send(response: ServerResponse, method: string, { status, headers = {}, body = '' }: Answer): void {
  const length = headers['content-length'] ?? String(Buffer.byteLength(body));
  response.writeHead(status, {
    'x-amz-request-id': '4442587FB7D0A2F9',
    ...headers,
    ...(status === 204 ? {} : { 'content-length': length }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Bucket and key of a request. A path that is not encoded just as S3 signs it is a violation. */
function placeOf({ path, headers }: TwinRequest, domain: string | undefined): { name: string; key: string } {
  const segments = path.split('/').slice(1);
  if (!path.startsWith('/') || segments.some((one) => encode(decodeURIComponent(one)) !== one))
    throw new Violation(`path ${path}`);
  if (domain === undefined) {
    const [name = '', ...key] = segments.map(decodeURIComponent);
    return { name, key: key.join('/') };
  }
  const [host = ''] = String(headers.host).split(':');
  if (!host.endsWith(`.${domain}`)) throw new Violation(`host ${host}`);
  const name = host.slice(0, -domain.length - 1);
  return { name, key: segments.map(decodeURIComponent).join('/') };
}

function ofBucket(
  name: string,
  bucket: BucketState,
  { method, query }: TwinRequest,
  lacks: Set<string>,
): Answer {
  const asked = [...query.keys()].filter((one) => Object.hasOwn(OF_BUCKET, one));
  const [what = ''] = asked;
  if (method !== 'GET' || asked.length !== 1) throw new Violation('an operation of a bucket');
  assertKnown(query, [what, ...(OF_BUCKET[what] ?? [])]);
  if (lacks.has(what)) throw new Refused(501, 'NotImplemented');
  switch (what) {
    case 'list-type':
      if (query.get(what) !== '2') throw new Violation('the first version of the list');
      return xml(listXml(name, bucket, query));
    case 'versions':
      return xml(versionsXml(name, bucket, query));
    case 'versioning':
      return xml(versioningXml(bucket));
    case 'policy':
      if (bucket.policy === undefined) throw new Refused(404, 'NoSuchBucketPolicy');
      return { status: 200, headers: { 'content-type': 'application/json' }, body: bucket.policy };
    case 'lifecycle':
      return xml(setting(bucket.lifecycle, 'LifecycleConfiguration', 'NoSuchLifecycleConfiguration'));
    default:
      return xml(
        setting(
          bucket.publicAccessBlock,
          'PublicAccessBlockConfiguration',
          'NoSuchPublicAccessBlockConfiguration',
        ),
      );
  }
}

const xml = (body: string): Answer => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });

function setting(content: string | undefined, root: string, absent: string): string {
  if (content === undefined) throw new Refused(404, absent);
  return document(root, content);
}

function ofObject(bucket: BucketState, key: string, request: TwinRequest, lacks: Set<string>): Answer {
  const { method, query, headers } = request;
  assertKnown(query, OF_OBJECT[method] ?? []);
  const id = query.get('versionId');
  const conditions = lacks.has('conditions')
    ? {}
    : { match: headers['if-match'], noneMatch: headers['if-none-match'] };
  switch (method) {
    case 'GET':
    case 'HEAD': {
      const version = bucket.version(key, id);
      if (!query.has('tagging')) return shown(bucket, version, request);
      if (lacks.has('tagging')) throw new Refused(501, 'NotImplemented');
      if (lacks.has('permission for tags')) throw new Refused(403, 'AccessDenied');
      return xml(taggingXml(version));
    }
    case 'PUT': {
      const md5 = createHash('md5').update(request.body).digest('base64');
      if (headers['content-md5'] !== md5) throw new Refused(400, 'BadDigest');
      bucket.check(key, conditions);
      const put = bucket.put(key, request.body, storedHeaders(headers));
      return { status: 200, headers: { etag: put.etag, ...idHeader(bucket, put) } };
    }
    case 'DELETE': {
      bucket.check(key, conditions);
      const taken = bucket.remove(key, id);
      const marker = taken?.isMarker ? { 'x-amz-delete-marker': 'true' } : {};
      return { status: 204, headers: { ...marker, ...(taken ? idHeader(bucket, taken) : {}) } };
    }
    default:
      throw new Violation(`method ${method}`);
  }
}

function assertKnown(query: ReadonlyMap<string, string>, allowed: readonly string[]): void {
  for (const name of query.keys()) if (!allowed.includes(name)) throw new Violation(`parameter ${name}`);
}

const idHeader = ({ versioning }: BucketState, { id }: Version): Record<string, string> =>
  versioning === '' ? {} : { 'x-amz-version-id': id };

const storedHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      STORED.includes(name) || name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [],
    ),
  );

function shown(bucket: BucketState, version: Version, { headers }: TwinRequest): Answer {
  const { body, etag } = version;
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag)
    throw new Refused(412, 'PreconditionFailed');
  const about = {
    etag,
    'last-modified': version.modified.toUTCString(),
    'accept-ranges': 'bytes',
    ...idHeader(bucket, version),
    ...version.headers,
  };
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  if (headers.range === undefined)
    return { status: 200, headers: { ...about, 'content-length': String(body.length) }, body };
  if (!range) throw new Violation(`range ${headers.range}`);
  const [first, last] = [Number(range[1]), Math.min(Number(range[2]), body.length - 1)];
  if (first >= body.length) throw new Refused(416, 'InvalidRange');
  const part = body.subarray(first, last + 1);
  return {
    status: 206,
    headers: { ...about, 'content-range': `bytes ${first}-${last}/${body.length}` },
    body: part,
  };
}
