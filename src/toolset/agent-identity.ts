import { z } from 'zod';

/** Claims that this server checks by itself, or that say nothing of who it is. */
const NOT_TELLING = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'typ', 'nonce', 'sid', 'auth_time']);

const ClaimName = z
  .string()
  .min(1)
  .max(200)
  .refine(
    (name) => !NOT_TELLING.has(name),
    'this claim does not tell who somebody is; name sub, azp, client_id, groups ...',
  )
  .refine(
    (name) => !name.startsWith('/') || /^(\/([^~/]|~[01])+)+$/.test(name),
    'a claim that begins with / is a path into the token (JSON Pointer), such as /kubernetes.io/serviceaccount/name',
  );

const ClaimValue = z.union([z.string().min(1).max(500), z.boolean(), z.int()]);

/** How the topology tells an agent by what an OIDC issuer says in its access token. */
export const AgentIdentity = z.strictObject({
  claims: z
    .record(ClaimName, z.union([ClaimValue, z.array(ClaimValue).min(1).max(20)]))
    .refine((claims) => Object.keys(claims).length > 0, 'name at least one claim')
    .describe(
      'The token has every one of these claims with this value; a list in the token has to hold it, and of a list here each. A name that begins with / is a JSON Pointer',
    ),
});
export type AgentIdentity = z.infer<typeof AgentIdentity>;
