import { generateKeyPairSync } from 'node:crypto';

/** A signing key as replicas share one, as PEM. */
export const makeKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
