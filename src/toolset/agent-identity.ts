import { z } from 'zod';

/** Not one of the claims that this server checks by itself or that differ from token to token, and nothing of JavaScript's own. */
const TELLING = /^(?!(?:iss|aud|exp|nbf|iat|jti|typ|nonce|sid|auth_time|scope|scp|__proto__)$)/;

const ClaimName = z
  .string()
  .min(1)
  .max(200)
  .regex(TELLING, 'this claim does not tell who somebody is; name sub, azp, client_id, groups ...')
  .regex(
    /^(?:[^/].*|(?:\/(?:[^~/]|~[01])+)+)$/,
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
