import type { Credential } from './credential.ts';

/** So often what stays open is looked at. Milliseconds. */
const LOOK_MS = 1_000;

/** Something that outlives the request that opened it, and ends with the credential that it was opened with. */
export interface Watched {
  /** The credential that it stands on now. */
  credential(): Credential;
  /** `live`: it ends when the credential does, expiry included. `unrevoked`: an expired credential may be replaced. */
  readonly needs: 'live' | 'unrevoked';
  /** Called with every look while the credential is not what it has to be. */
  end(): void;
}

/** Ends streams and sessions whose credential was taken back. */
export interface CredentialWatch {
  /** @returns how to stop watching */
  add(watched: Watched): () => void;
  close(): void;
}

export function openCredentialWatch(): CredentialWatch {
  const all = new Set<Watched>();
  let isLooking = false;
  const look = async () => {
    // A store that answers slowly is not asked a second time meanwhile.
    if (isLooking) return;
    isLooking = true;
    const asked = new Map<Credential, { live: Promise<boolean>; unrevoked: Promise<boolean> }>();
    try {
      for (const one of [...all]) {
        const credential = one.credential();
        const answers = asked.get(credential) ?? {
          live: credential.isLive(),
          unrevoked: credential.isRevoked().then((isRevoked) => !isRevoked),
        };
        asked.set(credential, answers);
        if (!(await answers[one.needs])) one.end();
      }
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  return {
    add(watched) {
      all.add(watched);
      return () => all.delete(watched);
    },
    close() {
      clearInterval(timer);
      all.clear();
    },
  };
}
