import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Nonces } from '../store/nonces.ts';

/** What the sealed state says that a human was asked about: all that an approval is bound to. */
const Asked = z.strictObject({
  approval: z.string(),
  principal: z.string(),
  tool: z.string(),
  /** SHA-256 of the canonical arguments, as the client sent them. */
  args: z.string(),
  /** What the gate binds the approval to: principal, tool, target, arguments as they run, and topology. */
  binding: z.string(),
  /** SHA-256 of the topology. */
  topology: z.string(),
});
export type Asked = z.infer<typeof Asked>;

/** A state that was opened: what was asked, and what makes its answer single-use. */
const Opened = z.object({ asked: Asked, jti: z.string(), exp: z.int(), aud: z.string() });
export type Opened = z.infer<typeof Opened>;

const TYPE = 'stackward-approval';
/** An answer is taken for so long, in seconds; as long as the approval itself is open. */
const TTL_S = 15 * 60;

/** Seals what a client carries between the question and the answer, so that any replica with the same key can go on. */
export interface ApprovalSeal {
  seal(asked: Asked): Promise<string>;
  /** Rejects with an Error whose message is one word that is safe to record: malformed, seal, expired or place. */
  open(state: string): Promise<Opened>;
}

/**
 * An encrypted JWT under the shared key (AES-256-GCM): the client can neither read nor change it. It names the memory
 * of used nonces that it counts in, since a replica with another memory would take the same answer a second time.
 */
export function openApprovalSeal({ key, nonces }: { key: Uint8Array; nonces: Nonces }): ApprovalSeal {
  return {
    async seal(asked) {
      const { EncryptJWT } = await jose();
      return new EncryptJWT({ asked })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE })
        .setJti(randomBytes(24).toString('base64url'))
        .setAudience(await nonces.place())
        .setExpirationTime(Math.floor(Date.now() / 1000) + TTL_S)
        .encrypt(key);
    },
    async open(state) {
      const { jwtDecrypt, errors } = await jose();
      const { payload } = await jwtDecrypt(state, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        typ: TYPE,
        audience: await nonces.place(),
        requiredClaims: ['jti', 'exp', 'asked'],
        currentDate: new Date(Date.now()),
      }).catch((error: unknown) => {
        throw new Error(faultOf(error, errors));
      });
      const opened = Opened.safeParse(payload);
      if (!opened.success) throw new Error('malformed');
      return opened.data;
    },
  };
}

/** Loaded when somebody is first asked: a start does not wait for it. */
const jose = () => import('jose');

function faultOf(error: unknown, errors: Awaited<ReturnType<typeof jose>>['errors']): string {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWEDecryptionFailed) return 'seal';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return 'place';
  return 'malformed';
}
