import { createHmac, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';

/** HMAC-SHA-256 (hex) over the canonical JSON of a content (RFC 8785): whoever edits what is stored cannot make it. */
export const sealOf = (key: Buffer, content: object): string =>
  createHmac('sha256', key)
    .update(canonicalize(content) ?? '')
    .digest('hex');

export const isSameSeal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
