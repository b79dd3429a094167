import { z } from 'zod';

const oneOrMany = <T extends z.ZodType>(schema: T) =>
  z.union([schema.transform((one) => [one]), z.array(schema)]);

/** As much of a bucket policy as tells who may enter. */
const Policy = z.object({
  Statement: oneOrMany(
    z.object({
      Effect: z.string(),
      Principal: z
        .union([
          z.string().transform((name) => ({ AWS: [name] })),
          z.record(z.string(), oneOrMany(z.string())),
        ])
        .optional(),
      NotPrincipal: z.unknown().optional(),
      Condition: z.unknown().optional(),
    }),
  ),
});

/**
 * What a policy says at large; its statements would name accounts, other keys and networks. `null` where its text
 * cannot be understood.
 */
export function summaryOf(
  text: string,
): { statements: number; allows_everyone: 'yes' | 'on_condition' | 'no' } | null {
  const policy = Policy.safeParse(parsed(text));
  if (!policy.success) return null;
  const open = policy.data.Statement.filter(
    ({ Effect, Principal = {}, NotPrincipal }) =>
      Effect === 'Allow' && (NotPrincipal !== undefined || Object.values(Principal).flat().includes('*')),
  );
  const isFree = open.some(({ Condition }) => Object.keys(Object(Condition)).length === 0);
  return {
    statements: policy.data.Statement.length,
    allows_everyone: isFree ? 'yes' : open.length > 0 ? 'on_condition' : 'no',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
