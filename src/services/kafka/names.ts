import { z } from 'zod';

/** The broker's own limit on a topic's name. */
const MOST_TOPIC_LETTERS = 249;
const TOPIC = /^[a-zA-Z0-9._-]+$/;

/** Whether a topic is Kafka's own, such as `__consumer_offsets`. No tool looks at one, whatever a topology says. */
export const isInternalName = (topic: string): boolean => topic.startsWith('__');

/**
 * A topic's name, whole.
 * @see https://github.com/apache/kafka/blob/3.9/clients/src/main/java/org/apache/kafka/common/internals/Topic.java
 */
export const TopicName = z
  .string()
  .min(1)
  .max(MOST_TOPIC_LETTERS)
  .refine((text) => TOPIC.test(text), 'a topic has letters, digits, ".", "_" and "-" only')
  .refine((text) => text !== '.' && text !== '..', 'no topic is called so');

/** A consumer group's name. Kafka takes any text; names with control characters are left out of every answer. */
export const GroupName = z
  .string()
  .min(1)
  .max(255)
  .refine(
    (text) => Buffer.from(text).toString() === text && !/\p{Cc}/u.test(text),
    'a group holds no control character',
  );

const ONE_STAR = 'a * stands at the end alone: write the beginning of the names before it';
const starIsLast = (text: string): boolean => !text.slice(0, -1).includes('*');

/** A topic, or the beginning of topics with one * at its end. A * alone is every topic but Kafka's own. */
export const TopicPattern = z
  .string()
  .min(1)
  .max(MOST_TOPIC_LETTERS)
  .refine(starIsLast, ONE_STAR)
  .refine(
    (text) => TOPIC.test(text.replace(/\*$/, '_')),
    'a topic has letters, digits, ".", "_" and "-" only',
  )
  .refine((text) => !isInternalName(text), 'topics that start with __ are Kafka’s own and never reached');

/** A consumer group, or the beginning of groups with one * at its end. */
export const GroupPattern = GroupName.refine(starIsLast, ONE_STAR);

/** Whether a name fits one pattern of a topology. */
export const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
