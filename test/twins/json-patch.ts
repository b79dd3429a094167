/** A step of a patch as a server receives it. */
export interface Step {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/**
 * Applies a JSON patch to objects (no arrays on the way), in place. Throws where RFC 6902 says that it fails.
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export function applyJsonPatch(document: unknown, steps: readonly Step[]): void {
  for (const { op, path, value } of steps) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    let at: unknown = document;
    for (const key of keys) at = objectAt(at, path)[key];
    const parent = objectAt(at, path);
    if (op !== 'add' && !Object.hasOwn(parent, last))
      throw new Error(`${op} ${path}: there is no such member`);
    if (op === 'test') {
      if (JSON.stringify(parent[last]) !== JSON.stringify(value)) throw new Error(`test ${path} failed`);
    } else if (op === 'remove') delete parent[last];
    else if (op === 'add' || op === 'replace') parent[last] = structuredClone(value);
    else throw new Error(`unknown operation ${op}`);
  }
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${path}: not an object`);
  return value as Record<string, unknown>;
}
