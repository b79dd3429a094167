import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Documents } from './documents.ts';
import { StoredToken, type TokenStore } from './tokens.ts';

/** Says that a token was made once; the door keeps its lock when the last one goes. */
const MADE = 'made';
/** As long is what was read taken for what is there, in milliseconds. */
const POLL_MS = 1_000;

/**
 * Tokens that replicas share. A token is `ID`, which never changes and is sealed with a key that is not in the store:
 * who can write that alone lets nobody in. An end that was brought forward is `ID.until-SECONDS`, and its last use
 * `ID.used`. So each change is one step, and of replicas that make them at once none undoes another's.
 */
export function openSharedTokens(
  documents: Documents,
  { key, pollMs = POLL_MS }: { readonly key: Buffer; readonly pollMs?: number },
): TokenStore {
  let read: { readonly at: number; readonly tokens: Promise<readonly StoredToken[] | undefined> } | undefined;
  const readAll = async () => {
    const all = new Map((await documents.all()).map(({ key: name, text }) => [name, text]));
    if (!all.has(MADE)) return undefined;
    return [...all.keys()].filter((name) => /^[0-9a-f]{8}$/.test(name)).map((id) => tokenIn(all, id, key));
  };
  const afterwards = async <T>(change: Promise<T>): Promise<T> => {
    try {
      return await change;
    } finally {
      read = undefined;
    }
  };
  return {
    // Asked for by every request: those of one moment share one look.
    list() {
      const now = performance.now();
      if (read && now - read.at < pollMs) return read.tokens;
      const tokens = readAll();
      const own = { at: now, tokens };
      read = own;
      tokens.catch(() => {
        // What failed is asked anew, not remembered.
        if (read === own) read = undefined;
      });
      return tokens;
    },
    async add(token) {
      await documents.create(MADE, new Date().toISOString());
      const text = JSON.stringify(token);
      const sealed = JSON.stringify({ token: text, mac: macOf(key, text) });
      if (!(await afterwards(documents.create(token.id, sealed))))
        throw new Error(`there is a token ${token.id} already`);
    },
    async shorten(id, at) {
      if (!(await documents.has(id))) return false;
      await afterwards(documents.create(`${id}.until-${Math.floor(at.getTime() / 1000)}`, ''));
      return true;
    },
    async remove(id) {
      if (!(await documents.has(id))) return false;
      await afterwards(documents.remove(id));
      // What is left of it means nothing without it.
      for (const name of await documents.keys()) if (name.startsWith(`${id}.`)) await documents.remove(name);
      return true;
    },
    noteUse: (id, at) => documents.replace(`${id}.used`, at.toISOString()),
    async lastUses() {
      const used = (await documents.all()).filter(({ key: name }) => /^[0-9a-f]{8}\.used$/.test(name));
      return new Map(used.map(({ key: name, text }) => [name.slice(0, 8), new Date(text)]));
    },
  };
}

/** One token with the end that is in force. Throws for one that was not made with this key. */
function tokenIn(all: ReadonlyMap<string, string>, id: string, key: Buffer): StoredToken {
  const { token: text, mac } = sealedIn(all.get(id) ?? '');
  const own = Buffer.from(macOf(key, text));
  const given = Buffer.from(mac);
  if (own.length !== given.length || !timingSafeEqual(own, given))
    throw new Error(`the token ${id} in the store was not made with the key of these replicas; revoke it`);
  const token = StoredToken.parse(JSON.parse(text));
  if (token.id !== id) throw new Error(`the token ${id} in the store is another's`);
  const ends = [...all.keys()]
    .filter((name) => name.startsWith(`${id}.until-`))
    .map((name) => Number(name.slice(`${id}.until-`.length)) * 1000);
  if (token.expires !== undefined) ends.push(Date.parse(token.expires));
  return ends.length === 0 ? token : { ...token, expires: new Date(Math.min(...ends)).toISOString() };
}

function sealedIn(text: string): { readonly token: string; readonly mac: string } {
  try {
    const { token, mac } = JSON.parse(text);
    return { token: String(token), mac: String(mac) };
  } catch {
    return { token: '', mac: '' };
  }
}

const macOf = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex');
