import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** Keeps one session's events in memory, for as long as the suite runs. */
export function openEventStore(): EventStore {
  const events: { id: string; stream: string; message: JSONRPCMessage }[] = [];
  return {
    async storeEvent(stream, message) {
      const id = `${stream}/${events.length}`;
      events.push({ id, stream, message });
      return id;
    },
    getStreamIdForEventId: async (id) => events.find((event) => event.id === id)?.stream,
    async replayEventsAfter(lastId, { send }) {
      const at = events.findIndex((event) => event.id === lastId);
      const stream = events[at]?.stream ?? '';
      for (const event of events.slice(at + 1)) {
        const isPriming = Object.keys(event.message).length === 0;
        if (event.stream === stream && !isPriming) await send(event.id, event.message);
      }
      return stream;
    },
  };
}
