import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Signature Version 4 of a request to S3, computed from the raw request line and the bytes that came.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export interface SignedRequest {
  readonly method: string;
  /** As the request line has it. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
const SKEW_MS = 15 * 60_000;

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** S3's error code for a request that is not signed as it has to be; undefined where it is. */
export function signatureFault(request: SignedRequest, account: Account): string | undefined {
  const { headers } = request;
  const form = FORM.exec(headers.authorization ?? '');
  if (!form) return 'AccessDenied';
  const [, accessKeyId, day = '', region = '', names = '', signature] = form;
  if (accessKeyId !== account.accessKeyId) return 'InvalidAccessKeyId';
  if (headers['x-amz-security-token'] !== account.sessionToken) return 'InvalidToken';
  if (region !== account.region) return 'AuthorizationHeaderMalformed';
  const time = String(headers['x-amz-date']);
  if (!time.startsWith(day) || Math.abs(timeOf(time) - Date.now()) > SKEW_MS) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const must = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') || name === 'host' || name === 'content-md5' || name === 'range',
  );
  if (!must.every((name) => signed.includes(name))) return 'AccessDenied';
  if (headers['x-amz-content-sha256'] !== sha256(request.body)) return 'XAmzContentSHA256Mismatch';
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical(request, signed))].join('\n');
  const dayKey = hmac(`AWS4${account.secretAccessKey}`, day);
  const key = hmac(hmac(hmac(dayKey, region), 's3'), 'aws4_request');
  return hmac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

function canonical({ method, path, query, headers }: SignedRequest, signed: readonly string[]): string {
  const pairs = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  return [
    method,
    path,
    pairs.join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signed.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n');
}

/** As S3 encodes: everything but what RFC 3986 leaves unreserved. */
export const encode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
