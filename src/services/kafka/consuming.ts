import { ToolError } from '../../toolset/errors.ts';
import type { TopicState } from './client.ts';
import { type MessageView, messageView } from './message-view.ts';
import type { Bounds } from './position.ts';
import type { Reading } from './tool.ts';

/** Most bytes that one call lets brokers send, and these become; a topic of large messages ends it early. */
const MOST_FETCHED_BYTES = 16 * 2 ** 20;
/** The part of a result's bytes that messages may take, so that none is cut off behind the position that it moved. */
const SHARE_OF_BYTES = 0.75;
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

/** Gathers messages as long as there is room for them. */
class Basket {
  readonly messages: MessageView[] = [];
  isAnyCut = false;
  /** Whether a message was left out for its size. */
  isFull = false;
  /** Whether a quota held back what comes next. */
  isThrottled = false;
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  /** False for a message that has no room; one finds room in an empty basket. */
  add({ view, isCut }: ReturnType<typeof messageView>): boolean {
    this.#room -= Buffer.byteLength(JSON.stringify(view));
    this.isFull = this.#room < 0 && this.messages.length > 0;
    if (this.isFull) return false;
    this.messages.push(view);
    this.isAnyCut ||= isCut;
    return true;
  }
}

/**
 * Reads up to `count` messages, the partitions by turns, up to where each ended at the start. Throws
 * ToolError('too_busy') where a quota holds everything back.
 */
export async function consumeFrom(
  context: Pick<Reading, 'client' | 'signal' | 'limits'>,
  { state, bounds, places, count, bytes }: Consumption,
): Promise<Consumed> {
  const { limits } = context;
  const cursors: Cursor[] = [...places].map(([partition, next]) => ({
    partition,
    next,
    end: bounds.latest.get(partition) ?? next,
  }));
  const basket = new Basket(limits.bytes * SHARE_OF_BYTES);
  const stopAt = Date.now() + limits.deadlineMs * SHARE_OF_DEADLINE;
  let fetched = 0;
  const isOver = () =>
    basket.isFull ||
    basket.isThrottled ||
    basket.messages.length >= count ||
    fetched >= MOST_FETCHED_BYTES ||
    Date.now() >= stopAt;

  let open = cursors.filter(({ next, end }) => next < end);
  while (open.length > 0 && !isOver()) {
    const share = Math.max(1, Math.floor((count - basket.messages.length) / open.length));
    for (const cursor of open) {
      if (isOver()) break;
      const most = Math.min(share, count - basket.messages.length);
      fetched += await readOn(context, { state, cursor, most, bytes, basket });
    }
    open = open.filter(({ next, end }) => next < end);
  }
  if (basket.isThrottled && basket.messages.length === 0)
    throw new ToolError('too_busy', 'a quota of the cluster holds the messages back; try again in a while');
  return {
    messages: basket.messages,
    isAnyCut: basket.isAnyCut,
    positions: cursors.map(({ partition, next, end }) => ({ partition, next_offset: next, end_offset: end })),
  };
}

interface Step {
  readonly state: TopicState;
  readonly cursor: Cursor;
  readonly most: number;
  readonly bytes: number;
  readonly basket: Basket;
}

/** Reads on in one partition and moves its cursor behind what was taken. Answers with the bytes that were sent. */
async function readOn(
  { client, signal }: Pick<Reading, 'client' | 'signal'>,
  { state, cursor, most, bytes, basket }: Step,
): Promise<number> {
  const { partition, next: offset, end } = cursor;
  const answer = await client.fetch(state, { partition, offset, most }, signal);
  basket.isThrottled = answer.isThrottled;
  if (answer.isThrottled) return answer.bytes;
  for (const record of answer.records) {
    if (record.offset >= end) break;
    if (!basket.add(messageView(partition, record, bytes))) {
      cursor.next = record.offset;
      return answer.bytes;
    }
  }
  // Nothing new although there should be: what is missing was cleaned away, up to the end.
  cursor.next = answer.next > offset ? Math.min(answer.next, end) : end;
  return answer.bytes;
}
