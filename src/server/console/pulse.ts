import type { ServerResponse } from 'node:http';
import type { KnownApproval } from '../../gate/approvals.ts';
import type { Stackward } from '../../stackward.ts';
import { SECURITY_HEADERS, shown } from './reply.ts';
import type { Pulse, ShownHealth } from './wire.ts';

/** Each is a connection that stays open; a page has one. */
const MOST_LISTENERS = 64;
const LOOK_MS = 1_000;
const BEAT_MS = 15_000;

/** Tells open pages what changed, as server-sent events; each event is the whole pulse, so none can be missed. */
export interface Pulses {
  /** False when too many listen. `isStill` is asked again with every look: a session may end. */
  listen(response: ServerResponse, isStill: () => Promise<boolean>): boolean;
  close(): void;
}

interface Listener {
  readonly response: ServerResponse;
  isStill(): Promise<boolean>;
  told: string;
  at: number;
}

/** @param told the number of the newest event of a triage */
export function openPulses(stackward: Stackward, told: () => number): Pulses {
  const listeners = new Set<Listener>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const lookNow = async () => {
    if (listeners.size === 0) return;
    const now = JSON.stringify(shown({ ...(await pulseOf(stackward)), told: told() }));
    await Promise.all([...listeners].map((listener) => tell(listener, now)));
  };
  /** One look after the other, so that no older pulse is told after a newer one. */
  const look = () => {
    looking = looking.then(lookNow).catch(() => {});
  };
  const silence = stackward.catalogs.onSwap(look);
  const leave = (listener: Listener) => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    listen(response, isStill) {
      if (listeners.size >= MOST_LISTENERS) return false;
      const listener = { response, isStill, told: '', at: Date.now() };
      listeners.add(listener);
      response.once('close', () => leave(listener));
      response.writeHead(200, {
        ...SECURITY_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      });
      timer ??= setInterval(look, LOOK_MS).unref();
      look();
      return true;
    },
    close() {
      silence();
      clearInterval(timer);
      for (const { response } of listeners) response.end();
    },
  };
}

async function tell(listener: Listener, pulse: string): Promise<void> {
  const { response } = listener;
  if (!(await listener.isStill())) {
    response.end('event: ended\ndata: {}\n\n');
    return;
  }
  if (response.destroyed || response.writableEnded) return;
  if (listener.told !== pulse) response.write(`event: pulse\ndata: ${pulse}\n\n`);
  else if (Date.now() - listener.at > BEAT_MS) response.write(': still here\n\n');
  else return;
  listener.told = pulse;
  listener.at = Date.now();
}

async function pulseOf(stackward: Stackward): Promise<Omit<Pulse, 'told'>> {
  const { catalogs, approvals, history, breakers, audit } = stackward;
  const [asked, killSwitch] = await Promise.all([
    // While the store is away the page says that the kill switch cannot be read; nothing can be decided then.
    approvals.list().catch((): readonly KnownApproval[] => []),
    killSwitchOf(stackward),
  ]);
  const { hash, stack } = catalogs.graph();
  return {
    topology: hash,
    stack,
    waiting: asked.filter(({ state }) => state === 'waiting').map(({ id }) => id),
    killSwitch: killSwitch.state,
    version: history.versions.version(),
    broken: [...breakers.states()].filter(([, state]) => state !== 'closed').map(([name]) => name),
    auditWritable: audit.status().writable,
  };
}

/** The kill switch as the gate takes it. */
export async function killSwitchOf({
  killSwitch,
}: Pick<Stackward, 'killSwitch'>): Promise<ShownHealth['killSwitch']> {
  try {
    const { on, ...who } = await killSwitch.read();
    return { state: on ? 'on' : 'off', ...who };
  } catch (error) {
    return { state: 'unreadable', reason: error instanceof Error ? error.message : 'it cannot be read' };
  }
}
