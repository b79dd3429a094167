import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from './documents.ts';
import { StoredToken, type TokenStore } from './tokens.ts';

/**
 * Tokens as texts of a collection that replicas share. A token is `ID`, which never changes; the end that was brought
 * forward is `ID.until-SECONDS`, so that of two who end it neither undoes the other, and its last use `ID.used`. Each
 * token is sealed with a key that the replicas share: who can write the store alone makes none.
 */
export function openTokenDocuments(
  documents: Documents,
  { key: secret }: { readonly key: Buffer },
): TokenStore {
  const sealOf = (token: StoredToken) =>
    createHmac('sha256', secret)
      .update(
        JSON.stringify([token.id, token.principal, token.hash, token.created, token.expires, token.replaces]),
      )
      .digest('hex');
  const read = (id: string, text: string): StoredToken => {
    const { mac, ...token } = parse(id, text);
    const isOurs = timingSafeEqual(Buffer.from(mac, 'hex'), Buffer.from(sealOf(token), 'hex'));
    if (isOurs && token.id === id) return token;
    throw damaged(id);
  };
  const ends = (keys: readonly string[], id: string) =>
    keys
      .filter((key) => key.startsWith(`${id}.until-`))
      .map((key) => Number(key.slice(`${id}.until-`.length)) * 1000);
  return {
    async list() {
      const all = await documents.all();
      if (all.length === 0) return undefined;
      const keys = all.map(({ key }) => key);
      return all
        .filter(({ key }) => TOKEN.test(key))
        .map(({ key, text }) => ended(read(key, text), ends(keys, key)));
    },
    async add(token) {
      // Once there was a token every request needs one, also when the last has been taken away.
      await documents.create('begun', 'true');
      if (!(await documents.create(token.id, JSON.stringify({ ...token, mac: sealOf(token) }))))
        throw new Error(`there is a token ${token.id} already`);
    },
    async shorten(id, at) {
      if (!TOKEN.test(id) || !(await documents.has(id))) return false;
      await documents.create(`${id}.until-${Math.floor(at.getTime() / 1000)}`, 'true');
      return true;
    },
    async remove(id) {
      if (!TOKEN.test(id) || !(await documents.has(id))) return false;
      await documents.remove(id);
      // What is left of it means nothing without it.
      for (const key of await documents.keys()) if (key.startsWith(`${id}.`)) await documents.remove(key);
      return true;
    },
    noteUse: (id, at) => documents.replace(`${id}.used`, at.toISOString()),
    async lastUses() {
      const used = (await documents.all()).filter(({ key }) => USED.test(key));
      return new Map(used.map(({ key, text }) => [key.slice(0, 8), new Date(text)]));
    },
  };
}

const TOKEN = /^[0-9a-f]{8}$/;
const USED = /^[0-9a-f]{8}\.used$/;

const Sealed = StoredToken.extend({ mac: z.string().regex(/^[0-9a-f]{64}$/) });

const damaged = (id: string) => new Error(`the token ${id} is not as it was written`);

function parse(id: string, text: string): z.output<typeof Sealed> {
  try {
    return Sealed.parse(JSON.parse(text));
  } catch {
    throw damaged(id);
  }
}

/** With the earliest of its ends. */
function ended(token: StoredToken, ends: readonly number[]): StoredToken {
  const all = [...ends, ...(token.expires === undefined ? [] : [Date.parse(token.expires)])];
  return all.length === 0 ? token : { ...token, expires: new Date(Math.min(...all)).toISOString() };
}
