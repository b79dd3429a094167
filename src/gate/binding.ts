import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Everything that an approval is for; a call that differs in any of it needs another. */
export interface Bound {
  readonly principal: string;
  readonly tool: string;
  readonly target: string;
  readonly args: unknown;
  /** SHA-256 of the topology. */
  readonly topology: string;
}

/** SHA-256 (hex) over the canonical JSON of what an approval is bound to (RFC 8785). */
export function bindingOf(bound: Bound): string {
  const text = canonicalize(bound);
  if (text === undefined)
    throw new TypeError('an approval cannot be bound to a value that JSON does not hold');
  return createHash('sha256').update(text).digest('hex');
}
