import { z } from 'zod';
import type { Documents } from '../../store/documents.ts';
import type { Lease } from '../../store/leases.ts';

const KEY = 'audit-shipped';
const Text = z.strictObject({
  chains: z.record(
    z.string(),
    z.strictObject({ seq: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** The last record of a chain that is shipped, and the SHA-256 of its line, by which the chain is known again. */
export type Position = z.infer<typeof Text>['chains'][string];

/** Where shipping stands in each chain, by its name. */
export type Positions = Map<string, Position>;

/** Throws for a document that is not as it was written: what is shipped cannot be told then. */
export async function readPositions(documents: Documents): Promise<Positions> {
  const text = await documents.read(KEY);
  if (text === undefined) return new Map();
  const parsed = Text.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new Error(`the document '${KEY}' of the store is damaged; without it everything is shipped again`);
  return new Map(Object.entries(parsed.data.chains));
}

/** Rejects with LeaseLost, changing nothing, once another replica may ship. */
export const writePositions = (documents: Documents, positions: Positions, lease: Lease): Promise<void> =>
  documents.replace(KEY, `${JSON.stringify({ chains: Object.fromEntries(positions) })}\n`, { lease });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
