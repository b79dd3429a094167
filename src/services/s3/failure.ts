import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';
import { abortFailure, unknownOutcome } from '../../toolset/http/failure.ts';

type Known = readonly [ErrorCode, string];

const CREDENTIALS: Known = ['login_failed', 'the server refused the component’s credentials'];
const EXPIRED: Known = ['login_failed', 'the component’s session token is over or not valid; give another'];
const REGION: Known = [
  'unreachable',
  'the bucket is in another region or at another host, which is not followed; set region and url to its own',
];
const CHANGED: Known = ['conflict', 'somebody changed the object; nothing was written'];
const NO_OBJECT: Known = ['not_found', 'the bucket has no such object or version'];
const DENIED: Known = [
  'permission_denied',
  'the component’s account may not do this; `stackward check` prints the policy that it needs',
];
const BUSY: Known = ['too_busy', 'the server asks to be asked less often; try again later'];

/**
 * S3's error codes that the tools can meet, in our words; the server's own are never shown.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const BY_CODE: Readonly<Record<string, Known>> = {
  AccessDenied: DENIED,
  AllAccessDisabled: DENIED,
  AccountProblem: DENIED,
  AuthorizationHeaderMalformed: REGION,
  BadDigest: ['backend_failed', 'the bytes changed on their way to the server; nothing was written'],
  ConditionalRequestConflict: CHANGED,
  EntityTooLarge: ['query_failed', 'the server takes no object that large'],
  ExpiredToken: EXPIRED,
  IllegalLocationConstraintException: REGION,
  InvalidAccessKeyId: CREDENTIALS,
  InvalidObjectState: ['conflict', 'the object is archived and has to be restored before it can be read'],
  InvalidToken: EXPIRED,
  MethodNotAllowed: ['conflict', 'what is named is a delete marker, or the server does not take the request'],
  NoSuchBucket: ['not_found', 'the server has no bucket of this name'],
  NoSuchKey: NO_OBJECT,
  NoSuchVersion: NO_OBJECT,
  NotImplemented: ['query_failed', 'the server does not have this operation, or not this condition of it'],
  PermanentRedirect: REGION,
  PreconditionFailed: CHANGED,
  RequestTimeTooSkewed: ['login_failed', 'the clocks of the server and of this machine differ too much'],
  SignatureDoesNotMatch: CREDENTIALS,
  SlowDown: BUSY,
  TemporaryRedirect: REGION,
  TooManyRequests: BUSY,
};
/** For answers without a body, such as those to HEAD. */
const BY_STATUS: Readonly<Record<number, Known>> = {
  301: REGION,
  307: REGION,
  400: ['query_failed', 'the server found the request wrong; check region and credentials of the component'],
  401: CREDENTIALS,
  403: DENIED,
  404: NO_OBJECT,
  405: ['conflict', 'what is named is a delete marker, or the server does not take the request'],
  409: CHANGED,
  412: CHANGED,
  416: ['query_failed', 'the object has no such range'],
  429: BUSY,
  501: ['query_failed', 'the server does not have this operation, or not this condition of it'],
};
/** Codes with which no byte of a request reached the server. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/**
 * What the driver threw, as an error of the catalogue. For a request that `writes`, `outcome_unknown` unless the
 * server plainly refused it or no byte left. Throws again what is neither the driver's nor the network's.
 */
export function failureOf(error: unknown, signal: AbortSignal, writes: boolean): ToolError {
  const inDoubt = (failure: ToolError) => (writes ? unknownOutcome(failure) : failure);
  if (error instanceof ToolError) return inDoubt(error);
  if (signal.aborted) return inDoubt(abortFailure(signal));
  if (error instanceof S3ServiceException) {
    const { name, $metadata } = error;
    const status = $metadata.httpStatusCode ?? 0;
    const known = (Object.hasOwn(BY_CODE, name) ? BY_CODE[name] : undefined) ?? BY_STATUS[status];
    if (known) return new ToolError(...known);
    if (status >= 400 && status < 500)
      return new ToolError('query_failed', `the server refused the request with status ${status}`);
    return inDoubt(new ToolError('backend_failed', `the server answered with status ${status}`));
  }
  return fromNetwork(error, inDoubt);
}

/** The driver marks what it could not read of an answer with that answer, and passes on the network's own errors. */
function fromNetwork(error: unknown, inDoubt: (failure: ToolError) => ToolError): ToolError {
  if (!(error instanceof Error)) throw error;
  if ('$response' in error) return inDoubt(notS3());
  if (error.name !== 'TimeoutError' && !('code' in error)) throw error;
  const code = 'code' in error ? String(error.code) : error.name;
  const failure = new ToolError('unreachable', `the server could not be reached (${code})`);
  return NEVER_SENT.test(code) ? failure : inDoubt(failure);
}

/** The error of an answer that is not one of S3. */
export const notS3 = (): ToolError =>
  new ToolError('backend_failed', 'the answer is not one of the S3 API; check the component’s url');
