import type { TopicState } from './client.ts';
import { type MessageView, messageView } from './message-view.ts';
import type { Bounds } from './position.ts';
import type { Reading } from './tool.ts';

/** Most bytes that one call lets brokers send; a topic of large messages ends it early. */
const MOST_FETCHED_BYTES = 16 * 2 ** 20;
/** The part of a call's time after which it ends with what it has. */
const SHARE_OF_DEADLINE = 0.6;

export interface Consumption {
  readonly state: TopicState;
  readonly bounds: Bounds;
  /** Where each partition is read from. */
  readonly places: ReadonlyMap<number, number>;
  readonly count: number;
  /** Bytes of each value that are shown. */
  readonly bytes: number;
}

export interface Consumed {
  readonly messages: readonly MessageView[];
  /** Whether not all of each message is shown. */
  readonly isAnyCut: boolean;
  /** Where to go on in each partition, and where it ended when the call began. */
  readonly positions: readonly { partition: number; next_offset: number; end_offset: number }[];
}

interface Cursor {
  readonly partition: number;
  readonly end: number;
  next: number;
}

/** Reads up to `count` messages, the partitions by turns, up to where each ended at the start. */
export async function consumeFrom(
  { client, signal, limits }: Pick<Reading, 'client' | 'signal' | 'limits'>,
  { state, bounds, places, count, bytes }: Consumption,
): Promise<Consumed> {
  const cursors: Cursor[] = [...places].map(([partition, next]) => ({
    partition,
    next,
    end: bounds.latest.get(partition) ?? next,
  }));
  const messages: MessageView[] = [];
  const stopAt = Date.now() + limits.deadlineMs * SHARE_OF_DEADLINE;
  let fetched = 0;
  let shown = 0;
  let isAnyCut = false;
  const isFull = () =>
    messages.length >= count ||
    fetched >= MOST_FETCHED_BYTES ||
    shown >= limits.bytes ||
    Date.now() >= stopAt;

  let open = cursors.filter(({ next, end }) => next < end);
  while (open.length > 0 && !isFull()) {
    const share = Math.max(1, Math.floor((count - messages.length) / open.length));
    for (const cursor of open) {
      if (isFull()) break;
      const most = Math.min(share, count - messages.length);
      const { partition, next: offset } = cursor;
      const answer = await client.fetch(state, { partition, offset, most }, signal);
      fetched += answer.bytes;
      for (const record of answer.records.filter((one) => one.offset < cursor.end)) {
        const { view, isCut } = messageView(partition, record, bytes);
        messages.push(view);
        isAnyCut ||= isCut;
        shown += JSON.stringify(view).length;
      }
      // Nothing new although there should be: what is missing was cleaned away, up to the end.
      cursor.next = answer.next > offset ? Math.min(answer.next, cursor.end) : cursor.end;
    }
    open = open.filter(({ next, end }) => next < end);
  }
  return {
    messages,
    isAnyCut,
    positions: cursors.map(({ partition, next, end }) => ({ partition, next_offset: next, end_offset: end })),
  };
}
