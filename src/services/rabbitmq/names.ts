import { z } from 'zod';

/** AMQP's short string. */
const MOST_BYTES = 255;

/** Whether text is a path segment that a URL parser takes away or climbs with, however it is encoded. */
export const isDots = (text: string): boolean => /^\.*$/.test(text);

/**
 * A name of a queue, exchange, policy or virtual host. It is encoded wherever it is put into a path; names of
 * dots alone are refused because no encoding keeps a URL parser from climbing with them.
 */
export const Name = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= MOST_BYTES, `at most ${MOST_BYTES} bytes`)
  .refine(
    (text) => Buffer.from(text).toString() === text && !/\p{Cc}/u.test(text),
    'a name holds no control character',
  )
  .refine((text) => !isDots(text), 'a name of dots alone cannot be put into the path of a request');

/** A name, or the beginning of names with one * at its end. The * is no wildcard anywhere else. */
export const NamePattern = Name.refine(
  (text) => text !== '*',
  'leave the list out to reach everything',
).refine(
  (text) => !text.slice(0, -1).includes('*'),
  'a * stands at the end alone: write the beginning of the names before it',
);

/** A routing key. */
export const RoutingKey = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= MOST_BYTES, `at most ${MOST_BYTES} bytes`)
  .refine(
    (text) => Buffer.from(text).toString() === text && !/\p{Cc}/u.test(text),
    'a key holds no control character',
  );

/** The routing key of a binding. One of dots alone could be bound, and then not be unbound by any path. */
export const BindingKey = RoutingKey.refine(
  (text) => text === '' || !isDots(text),
  'a key of dots alone cannot be unbound',
);

/** Whether a name fits one pattern of a topology. */
export const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
