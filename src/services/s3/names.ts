import { z } from 'zod';

/** The longest key, in bytes of UTF-8. */
const MOST_KEY_BYTES = 1024;

/**
 * A bucket's name, by the rules for general purpose buckets. What these rules set aside is refused too: aliases of
 * access points lead to other buckets, and directory buckets to other hosts. An ARN does not fit at all.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const BucketName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9]|[.-](?=[a-z0-9-])){1,61}[a-z0-9]$/,
    'a bucket name has 3 to 63 of a-z, 0-9, - and single dots; no ARN and no URL',
  )
  .refine((name) => !/\.-|-\.|^\d+(\.\d+){3}$/.test(name), 'a bucket name is no IP address')
  .refine(
    (name) => !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name),
    'that name is set aside for access points and other kinds of bucket',
  );

/**
 * Why a text cannot be a key here; undefined where it can.
 *
 * S3 itself takes almost any text. But proxies and other servers clean paths, and a key that they clean becomes
 * another key, outside the prefix that was checked. So whatever a cleaner could change is refused: empty, `.` and
 * `..` segments, between slashes of either kind, also where percent signs would be decoded once too often.
 */
export function keyFault(text: string): string | undefined {
  if (text === '' || Buffer.byteLength(text) > MOST_KEY_BYTES)
    return `a key has 1 to ${MOST_KEY_BYTES} bytes`;
  if (!isFaithful(text)) return 'a key holds no control character and no half of a surrogate pair';
  const segments = cleanedForms(text).map((form) => form.split(/[/\\]/));
  // An empty segment at the very end is that of a folder's marker: `reports/`.
  const isClimbing = segments.some((form) =>
    form.some((part, at) => /^\.{1,2}$/.test(part) || (part === '' && at < form.length - 1)),
  );
  return isClimbing ? 'a key with an empty, . or .. segment could name another one on the way' : undefined;
}

/** Why a text cannot be the beginning of keys, by itself or as it goes on. */
export const prefixFault = (text: string): string | undefined => keyFault(text) ?? keyFault(`${text}k`);

/** Whether UTF-8 keeps every character of a text, and a path, a header or a log line can hold it. */
const isFaithful = (text: string): boolean => Buffer.from(text).toString() === text && !/\p{Cc}/u.test(text);

/** A text, and what is left of it when `%2e`, `%2f`, `%5c` and `%25` are decoded again and again. */
function cleanedForms(text: string): string[] {
  const forms = [text];
  for (let form = text; /%(2e|2f|5c|25)/i.test(form); forms.push(form))
    form = form.replace(/%(2e|2f|5c|25)/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    );
  return forms;
}

const named = (faultOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, { addIssue }) => {
    const message = faultOf(text);
    if (message !== undefined) addIssue({ code: 'custom', message });
  });

/** The whole key of one object. */
export const Key = named(keyFault);
/** The literal start of keys: `reports/`. `reports` also reaches `reports-old/`. */
export const Prefix = named(prefixFault).refine(
  (text) => text !== '',
  'leave the list out to reach every key',
);

/** An ETag as the server gives it, with its quotes. */
export const ETag = z.string().regex(/^(W\/)?"[\x21\x23-\x7e]{1,200}"$/, 'an ETag with its quotes');
export const VersionId = z
  .string()
  .regex(/^[\x21-\x7e]{1,1024}$/, 'a version id as s3_versions shows it; null is the one without');

/** Whether bytes begin with a prefix. Well-formed text compares as its UTF-8 does: no folding, no normalisation. */
export const beginsWithOne = (text: string, prefixes: readonly string[] | undefined): boolean =>
  prefixes === undefined || prefixes.some((prefix) => text.startsWith(prefix));
