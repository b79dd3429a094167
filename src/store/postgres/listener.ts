import type { Client } from 'pg';

/** How long after a loss the connection is tried again, in milliseconds. */
const AGAIN_MS = 1_000;

/** Hears one channel over a connection of its own, which is made again whenever it is lost. Resolves once it listens, or has begun to try. */
export async function openListener(
  connect: () => Client,
  channel: string,
  hear: () => void,
): Promise<() => Promise<void>> {
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;
  const again = () => {
    if (isClosed || retry) return;
    retry = setTimeout(() => {
      retry = undefined;
      void begin();
    }, AGAIN_MS).unref();
  };
  const begin = async () => {
    const next = connect();
    client = next;
    next.on('error', again);
    next.on('end', again);
    next.on('notification', hear);
    try {
      await next.connect();
      await next.query(`listen ${next.escapeIdentifier(channel)}`);
      // Something may have been said while nobody listened.
      hear();
    } catch {
      again();
    }
  };
  await begin();
  return async () => {
    isClosed = true;
    clearTimeout(retry);
    await client?.end().catch(() => {});
  };
}
