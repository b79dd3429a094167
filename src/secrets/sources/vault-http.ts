import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Larger than any secret; bounds what a wrong or hostile address can make us hold. */
const MOST_BYTES = 1024 * 1024;

export interface VaultRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Certificates to trust instead of the system's, in PEM. */
  readonly ca?: string;
  readonly signal: AbortSignal;
}

export interface VaultAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when the body is empty or something else. */
  readonly body: unknown;
}

/**
 * One request to Vault. Redirects are not followed, since they would carry the token to another address.
 *
 * Node's `fetch` cannot be given a certificate authority without a package of its own; `node:https` can.
 */
export function callVault({ method, url, headers, body, ca, signal }: VaultRequest): Promise<VaultAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const text = body && JSON.stringify(body);
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const options = { method, signal, headers: { ...headers, ...type }, ...(ca === undefined ? {} : { ca }) };
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) request.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(text);
  });
}

function parsed(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}
