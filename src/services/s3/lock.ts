import { beginsWithOne, keyFault } from './names.ts';

/** One request as it is about to leave, signed. */
export interface WireRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  /** Encoded, as the request line has it. */
  readonly path: string;
  /** Decoded. */
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly fragment?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** The one bucket that a client may speak to, and how much of it. */
export interface Place {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** Path of the bucket without a slash at its end; empty where the host name holds the bucket. */
  readonly base: string;
  readonly prefixes: readonly string[] | undefined;
  /** To `rehearse` is to look as a write does, and to write nothing. */
  readonly access: 'read' | 'write' | 'rehearse';
}

/** Where a bucket is, in the path or before the host name. `url` has no query and no credentials. */
export function placeOf(
  url: string,
  bucket: string,
  isPathStyle: boolean,
): Pick<Place, 'protocol' | 'hostname' | 'port' | 'base'> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const root = pathname.replace(/\/+$/, '');
  return {
    protocol,
    hostname: isPathStyle ? hostname : `${bucket}.${hostname}`,
    port: port === '' ? undefined : Number(port),
    base: isPathStyle ? `${root}/${bucket}` : root,
  };
}

/** What may be asked of an object, by method, with the query that goes with it. No ACL, no uploads in parts. */
const OF_OBJECT: Readonly<Record<string, readonly string[]>> = {
  GET: ['x-id', 'versionId'],
  HEAD: ['versionId'],
  PUT: ['x-id'],
  DELETE: ['x-id', 'versionId'],
};
/** What a writing client may look at besides. */
const BEFORE_A_WRITE = 'tagging';
/** What may be asked of the bucket, by the query that names it, with what may go with it. */
const OF_BUCKET: Readonly<Record<string, readonly string[]>> = {
  'list-type': ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'encoding-type'],
  versions: ['prefix', 'key-marker', 'version-id-marker', 'max-keys', 'encoding-type'],
  versioning: [],
  publicAccessBlock: [],
  policy: [],
  lifecycle: [],
};
const LISTS: ReadonlySet<string> = new Set(['list-type', 'versions']);

const SIGNED =
  'host user-agent x-amz-user-agent amz-sdk-invocation-id amz-sdk-request x-amz-date x-amz-content-sha256 x-amz-security-token authorization';
const STORED =
  'content-type content-length content-md5 cache-control content-disposition content-encoding content-language expires if-none-match';
/**
 * Headers by method. There is no x-amz-copy-source, which would bring in another bucket's object, no x-amz-acl, no
 * key of a customer's and no way around a retention.
 */
const HEADERS: Readonly<Record<string, ReadonlySet<string>>> = {
  GET: new Set(`${SIGNED} range if-match`.split(' ')),
  HEAD: new Set(SIGNED.split(' ')),
  PUT: new Set(`${SIGNED} ${STORED} if-match`.split(' ')),
  DELETE: new Set(`${SIGNED} if-match`.split(' ')),
};
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** The last lock before bytes leave: whatever a tool or the driver asks for. Throws TypeError for all but the known. */
export function assertOwn(request: WireRequest, place: Place): void {
  if (!isThere(request, place)) throw refusal('another host');
  if (place.access !== 'write' && !READS.has(request.method)) throw refusal('a write');
  assertHeaders(request);
  const { path } = request;
  if (path === place.base || path === `${place.base}/`) assertBucket(request, place);
  else if (path.startsWith(`${place.base}/`)) assertObject(request, place);
  else throw refusal('another bucket');
}

const isThere = (request: WireRequest, { protocol, hostname, port }: Place): boolean =>
  request.protocol === protocol &&
  request.hostname === hostname &&
  request.port === port &&
  request.username === undefined &&
  request.password === undefined &&
  request.fragment === undefined;

function assertHeaders({ method, headers }: WireRequest): void {
  const allowed = HEADERS[method];
  for (const name of Object.keys(headers).map((one) => one.toLowerCase()))
    if (!allowed?.has(name) && !(method === 'PUT' && name.startsWith('x-amz-meta-')))
      throw refusal(`the header ${name}`);
}

function assertBucket({ method, query = {} }: WireRequest, { prefixes }: Place): void {
  const [asked, another] = Object.keys(query).filter((name) => Object.hasOwn(OF_BUCKET, name));
  if (method !== 'GET' || asked === undefined || another !== undefined) throw refusal('that of a bucket');
  assertQuery(query, [asked, ...(OF_BUCKET[asked] ?? [])]);
  const { prefix } = query;
  const isConfined = typeof prefix === 'string' && beginsWithOne(prefix, prefixes);
  if (LISTS.has(asked) && prefixes !== undefined && !isConfined) throw refusal('a list beyond its prefixes');
}

function assertObject({ method, path, query = {} }: WireRequest, { base, prefixes, access }: Place): void {
  const looks = access !== 'read' && method === 'GET' && Object.hasOwn(query, BEFORE_A_WRITE);
  assertQuery(query, looks ? [BEFORE_A_WRITE] : (OF_OBJECT[method] ?? []));
  const encoded = path.slice(base.length + 1);
  const key = decodeURIComponent(encoded);
  if (keyFault(key) !== undefined || encodeKey(key) !== encoded) throw refusal('a path that is no plain key');
  if (!beginsWithOne(key, prefixes)) throw refusal('a key outside its prefixes');
}

function assertQuery(query: NonNullable<WireRequest['query']>, allowed: readonly string[]): void {
  for (const [name, value] of Object.entries(query))
    if (!allowed.includes(name) || typeof value !== 'string') throw refusal(`the parameter ${name}`);
}

/** A key as a path has it: each segment encoded, with what RFC 3986 reserves. */
const encodeKey = (key: string): string => key.split('/').map(encodeSegment).join('/');

const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const refusal = (what: string): TypeError => new TypeError(`this client does not ask for ${what}`);
