import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from '../store/documents.ts';
import { parseJson } from '../toolset/http/failure.ts';
import type { Breakers } from './breakers.ts';

const LOOK_MS = 1_000;

const Told = z.strictObject({ id: z.string(), state: z.enum(['open', 'closed']) });

/** Breakers of one replica that hear of those of the others. */
export interface SharedBreakers extends Breakers {
  close(): void;
}

/**
 * What opens or is reset on one replica holds on all of them within a second or so.
 *
 * Each component has one document, which says what happened last: a breaker opened, or was closed. A replica takes
 * each such word once, at its own clock. They spare a backend; no rule of safety stands on them, so a store that is
 * away leaves each replica with what it knows.
 */
export async function shareBreakers(breakers: Breakers, documents: Documents): Promise<SharedBreakers> {
  const heard = new Map<string, string>();
  const tell = async (component: string, state: 'open' | 'closed'): Promise<void> => {
    const id = randomBytes(8).toString('hex');
    heard.set(component, id);
    await documents.replace(component, JSON.stringify({ id, state }));
  };
  const take = (component: string, text: string, isFirst: boolean): void => {
    const told = Told.safeParse(parseJson(text));
    if (!told.success || heard.get(component) === told.data.id) return;
    heard.set(component, told.data.id);
    // What was said before this replica started is over: a breaker stays open for seconds.
    if (isFirst) return;
    if (told.data.state === 'open') breakers.open(component);
    else breakers.reset(component);
  };
  let isFirst = true;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      for (const { key, text } of await documents.all()) take(key, text, isFirst);
      isFirst = false;
    } catch {
      // The next look tells.
    }
    isLooking = false;
  };
  const silence = breakers.onChange((component, state) => void tell(component, state).catch(() => {}));
  await look();
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  return {
    ...breakers,
    reset(component) {
      const isKnown = breakers.reset(component);
      void tell(component, 'closed').catch(() => {});
      return isKnown;
    },
    close() {
      clearInterval(timer);
      silence();
    },
  };
}
