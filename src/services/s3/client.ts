import { addAbortSignal, pipeline, type Readable, Transform } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import type { Secret } from '../../secrets/secret.ts';
import { ToolError } from '../../toolset/errors.ts';
import { assertOwn, type Place } from './lock.ts';

/** Most bytes of one answer that are read at all: a list of 1,000 keys of 1 KiB, each encoded, with its XML. */
const MOST_ANSWERED = 8 * 2 ** 20;
const CONNECT_TIMEOUT_MS = 5_000;
/** Milliseconds without a byte after which a connection counts as broken. */
const SILENCE_MS = 30_000;

export interface ClientOptions {
  readonly url: string;
  readonly region: string;
  readonly isPathStyle: boolean;
  readonly credentials: {
    readonly access_key_id: string;
    readonly secret_access_key: Secret;
    readonly session_token?: Secret | undefined;
  };
  readonly place: Place;
}

/**
 * A client of the driver that speaks to one bucket. Everything that the driver would look up in the environment, in
 * ~/.aws or from the instance is given here, so that it never does.
 */
export function createClient({ url, region, isPathStyle, credentials, place }: ClientOptions): S3Client {
  const { access_key_id, secret_access_key, session_token } = credentials;
  const client = new S3Client({
    endpoint: url,
    region,
    forcePathStyle: isPathStyle,
    credentials: {
      accessKeyId: access_key_id,
      secretAccessKey: secret_access_key.expose(),
      ...(session_token === undefined ? {} : { sessionToken: tokenOf(session_token) }),
    },
    // A write is never sent twice: the second answer would tell of the first's effect. A read may be.
    maxAttempts: place.access === 'write' ? 1 : 2,
    // The driver's own checksums come as trailers of a chunked body, which servers other than AWS refuse or store.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The answer to a wrong region names another host; it is an error here.
    followRegionRedirects: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    useAccelerateEndpoint: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    defaultsMode: 'standard',
    retryMode: 'standard',
    authSchemePreference: ['sigv4'],
    sigv4aSigningRegionSet: [region],
    userAgentAppId: 'stackward',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_MS },
  });
  // It would copy trace headers out of the environment into each request.
  client.middlewareStack.remove('recursionDetectionMiddleware');
  client.config.requestHandler = locked(client.config.requestHandler, place);
  return client;
}

/** Throws ToolError('secret_unavailable') for one that no header can carry. */
function tokenOf(secret: Secret): string {
  const token = secret.expose();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ToolError(
    'secret_unavailable',
    'the session token holds characters that no HTTP header can carry',
  );
}

type Handler = S3Client['config']['requestHandler'];

/** Puts the lock before a handler, and a bound and the call's signal on what comes back. */
const locked = (inner: Handler, place: Place): Handler => ({
  ...(inner.metadata === undefined ? {} : { metadata: inner.metadata }),
  destroy: () => inner.destroy?.(),
  async handle(request, options) {
    assertOwn(request, place);
    const { response } = await inner.handle(request, options);
    return { response: Object.assign(response, { body: bounded(response.body, signalOf(options)) }) };
  },
});

/** An answer that is given up past its bound, and when its call ends: no backend can fill or hold this process. */
function bounded(body: Readable, signal: AbortSignal | undefined): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= MOST_ANSWERED) done(null, chunk);
      else done(new ToolError('result_too_large', 'the answer of the server is over 8 MiB; ask for less'));
    },
  });
  // Whoever reads the bounded stream sees the error; here it only ends the other one.
  pipeline(body, counted, () => {});
  return signal === undefined ? counted : addAbortSignal(signal, counted);
}

const signalOf = (options: object | undefined): AbortSignal | undefined =>
  options !== undefined && 'abortSignal' in options && options.abortSignal instanceof AbortSignal
    ? options.abortSignal
    : undefined;
