import type { Resolved } from '../../secrets/reference.ts';
import { ToolError } from '../../toolset/errors.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import { credentialHeader, type HttpConnection } from './connection.ts';
import { accessOf, type HttpEndpoint } from './endpoint.ts';
import { type Exchanged, openWire, type Wire } from './exchange.ts';
import { requestOf, type Values } from './request.ts';

/** What bounds one request: most bytes of the answer's body, and the end of the call. */
export interface Bounds {
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** One service, asked by endpoints that read. */
export interface HttpReader {
  /** Throws ToolError; TypeError for an endpoint that writes. */
  read(endpoint: HttpEndpoint, values: Values, bounds: Bounds): Promise<Exchanged>;
  /** Asks for the health path. `expected` is the status that the topology names, if it names one. */
  check(bounds: Bounds): Promise<Exchanged & { readonly expected: number | undefined }>;
}

/** One service, for the length of one granted write. */
export interface HttpWriter extends Pick<HttpReader, 'read'> {
  /** Throws ToolError; `outcome_unknown` where the request may have arrived. Any status is an answer. */
  write(endpoint: HttpEndpoint, values: Values, bounds: Bounds): Promise<Exchanged>;
}

export type Settings = Resolved<HttpConnection>;

/** @param ca PEM text of the authorities to trust */
export function openClient(settings: Settings, ca: string | undefined) {
  const { protocol, hostname, port, pathname } = new URL(settings.base_url);
  const isTls = protocol === 'https:';
  const wire = openWire({
    protocol: isTls ? 'https:' : 'http:',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    prefix: pathname.replace(/\/$/, ''),
    headers: credentialHeader(settings.credentials),
    ...(ca === undefined ? {} : { ca }),
  });
  const read = readingOf(wire);
  const reader: HttpReader = {
    read,
    async check({ bytes, signal }) {
      const { path = '/', expect_status: expected } = settings.health ?? {};
      const request = { method: 'GET', target: path, headers: { accept: '*/*' } };
      return { ...(await wire.exchange(request, bytes, signal, false)), expected };
    },
  };
  const writer: HttpWriter = {
    read,
    write: (endpoint, values, { bytes, signal }) =>
      wire.exchange(requestOf(endpoint, values), bytes, signal, true),
  };
  const rehearsal: HttpWriter = { read, write: endTrial };
  return { reader, writer, rehearsal, close: () => wire.close() };
}

/** The last place before the bytes leave: whatever a tool was handed, a read sends no write. */
const readingOf =
  (wire: Wire): HttpReader['read'] =>
  async (endpoint, values, { bytes, signal }) => {
    if (accessOf(endpoint) !== 'read')
      throw new TypeError(`a ${endpoint.method} that writes was given to a read`);
    const answer = await wire.exchange(requestOf(endpoint, values), bytes, signal, false);
    if (answer.status === 101) throw new ToolError('backend_failed', 'the service switched protocols');
    return answer;
  };
