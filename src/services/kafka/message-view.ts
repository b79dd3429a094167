import { z } from 'zod';
import type { KafkaRecord } from './client.ts';

const Encoding = z.enum(['text', 'base64']);

/** One message as the tools show it. */
export const MessageView = z.strictObject({
  partition: z.number(),
  offset: z.number(),
  time: z.string().nullable(),
  key: z.string().nullable(),
  key_encoding: Encoding.optional(),
  value: z.string().nullable().describe('null is a tombstone'),
  value_encoding: Encoding.optional(),
  value_bytes: z.number(),
  headers: z.array(
    z.strictObject({ name: z.string(), value: z.string().nullable(), encoding: Encoding.optional() }),
  ),
});
export type MessageView = z.output<typeof MessageView>;

/** Headers that carry credentials from one service to the next. */
const SECRET_HEADER = /authorization|cookie|pass(word|wd)?$|secret|token|credential|api-?key/i;
const MOST_KEY_BYTES = 1024;
const MOST_HEADER_BYTES = 512;
/** The times that a date can hold. */
const MOST_MS = 8.64e15;

/** A message, with no more than `most` bytes of its value, and whether anything of it was cut. */
export function messageView(
  partition: number,
  { offset, timestamp, key, value, headers, headerCount }: KafkaRecord,
  most: number,
): { view: MessageView; isCut: boolean } {
  const shownKey = key && shown(key, MOST_KEY_BYTES);
  const shownValue = value && shown(value, most);
  const view = {
    partition,
    offset,
    time: Math.abs(timestamp) <= MOST_MS ? new Date(timestamp).toISOString() : null,
    key: shownKey?.text ?? null,
    ...(shownKey ? { key_encoding: shownKey.encoding } : {}),
    value: shownValue?.text ?? null,
    ...(shownValue ? { value_encoding: shownValue.encoding } : {}),
    value_bytes: value?.length ?? 0,
    headers: headers.map(([name, bytes]) => headerView(name, bytes)),
  };
  const isCut =
    (key?.length ?? 0) > MOST_KEY_BYTES ||
    (value?.length ?? 0) > most ||
    headers.length < headerCount ||
    headers.some(([name, bytes]) => Math.max(name.length, bytes?.length ?? 0) > MOST_HEADER_BYTES);
  return { view, isCut };
}

/** A header whose name says that it holds a credential is not shown. */
function headerView(bytes: Buffer, value: Buffer | null): MessageView['headers'][number] {
  const name = shown(bytes, MOST_HEADER_BYTES).text;
  if (value === null) return { name, value: null };
  if (SECRET_HEADER.test(name)) return { name, value: '{secret}' };
  const { text, encoding } = shown(value, MOST_HEADER_BYTES);
  return { name, value: text, encoding };
}

/** Bytes as text if they are UTF-8, else in base64; cut before the character that would go beyond `most` bytes. */
function shown(bytes: Buffer, most: number): { text: string; encoding: 'text' | 'base64' } {
  const part = bytes.subarray(0, most);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(part, { stream: part.length < bytes.length }), encoding: 'text' };
  } catch {
    return { text: part.toString('base64'), encoding: 'base64' };
  }
}
