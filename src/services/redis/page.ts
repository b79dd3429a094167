import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { Bytes, toBytes } from './bytes.ts';
import type { Step } from './reader.ts';

/** Bytes as a result shows them: whole, or the start of what is too long for a list. */
export const Shown = z.union([Bytes, z.strictObject({ start: Bytes, bytes: z.number().int() })]);
export type Shown = z.output<typeof Shown>;

/** How many items a call asks for at most. */
export const Count = z.number().int().min(1).max(1000).default(100).describe('Most items to return');

const MOST_SHOWN_BYTES = 8 * 1024;
/** A byte can take six in JSON, so an eighth of the limit always leaves room for an item. */
const SHARE_OF_ONE = 8;
/** Part of the byte limit that items may fill; the rest is for the fields around them. */
const SHARE_OF_ITEMS = 0.8;

/** Shows a member of a list: its start alone where it is long. */
export function show(value: Buffer, limits: Limits): Shown {
  const most = Math.max(1, Math.min(MOST_SHOWN_BYTES, Math.floor(limits.bytes / SHARE_OF_ONE)));
  return value.length <= most
    ? toBytes(value)
    : { start: toBytes(wholeCharacters(value.subarray(0, most))), bytes: value.length };
}

/** Bytes without the part of a UTF-8 character that a cut left at the end. Bytes that are no text stay as they are. */
export function wholeCharacters(value: Buffer): Buffer {
  for (let cut = 0; cut < 4 && cut < value.length; cut++) {
    const shorter = value.subarray(0, value.length - cut);
    if (isUtf8(shorter)) return shorter;
  }
  return value;
}

/** Counts the room in one result. */
export class Room {
  #rows: number;
  #bytes: number;

  constructor(limits: Limits, rows: number) {
    this.#rows = Math.min(rows, limits.rows);
    this.#bytes = limits.bytes * SHARE_OF_ITEMS;
  }

  get isFull(): boolean {
    return this.#rows <= 0;
  }

  /** Whether the item still fits; if so its room is taken. */
  take(item: unknown): boolean {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (this.#rows <= 0 || size > this.#bytes) return false;
    this.#rows -= 1;
    this.#bytes -= size;
    return true;
  }
}

/** The first items for which there is room. */
export function fitting<T>(items: readonly T[], room: Room): T[] {
  const end = items.findIndex((item) => !room.take(item));
  return end < 0 ? [...items] : items.slice(0, end);
}

/** Where a scan goes on: the server's cursor, how many items of its next step were shown, and the step's size. */
export interface Position {
  readonly at: string;
  readonly skip: number;
  readonly count: number;
}

/** A cursor as results give it and calls hand it back. It says where in a table to go on, and nothing of whose. */
export const Cursor = z
  .string()
  .max(100)
  .optional()
  .describe('`cursor` of the call before, to go on from there');

export function readCursor(cursor: string | undefined, count: number): Position {
  if (cursor === undefined) return { at: '0', skip: 0, count };
  const parts = /^(\d{1,20})\.(\d{1,9})\.(\d{1,4})$/.exec(Buffer.from(cursor, 'base64url').toString());
  const [, at, skip, step] = parts ?? [];
  if (at === undefined || Number(step) < 1)
    throw new ToolError('invalid_arguments', 'cursor: give the one that the call before returned, or none');
  return { at, skip: Number(skip), count: Number(step) };
}

const writeCursor = ({ at, skip, count }: Position): string =>
  Buffer.from(`${at}.${skip}.${count}`).toString('base64url');

/** Most steps of a scan in one call, so that a pattern that matches little does not walk a huge table at once. */
const MOST_STEPS = 50;

/** Walks a scan until the room is full, the table's end, or {@link MOST_STEPS}. `cursor` is null at the end. */
export async function walk<T, R>(
  step: (at: string, count: number) => Promise<Step<T>>,
  shown: (item: T) => R,
  from: Position,
  room: Room,
): Promise<{ items: R[]; cursor: string | null }> {
  const items: R[] = [];
  let { at, skip } = from;
  for (let steps = 0; steps < MOST_STEPS && !room.isFull; steps++) {
    const found = await step(at, from.count);
    const rest = found.items.slice(skip).map(shown);
    const taken = fitting(rest, room);
    items.push(...taken);
    if (taken.length < rest.length)
      return { items, cursor: writeCursor({ at, skip: skip + taken.length, count: from.count }) };
    at = found.cursor;
    skip = 0;
    if (at === '0') return { items, cursor: null };
  }
  return { items, cursor: writeCursor({ at, skip, count: from.count }) };
}
