/** Independent encoders: what a driver, a log or a model could turn a credential into. */
const percent = (value: string, upper: boolean) =>
  [...Buffer.from(value)]
    .map((byte) => {
      const hex = byte.toString(16).padStart(2, '0');
      return `%${upper ? hex.toUpperCase() : hex}`;
    })
    .join('');

const escapeAll = (value: string) =>
  Array.from(
    { length: value.length },
    (_, i) => `\\u${value.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** Each takes the value and some neighbouring text that an encoder may take in with it. */
export const ENCODINGS: Readonly<Record<string, (value: string, before: string, after: string) => string>> = {
  raw: (value) => value,
  json: (value) => JSON.stringify(value).slice(1, -1),
  'json, escaped slashes': (value) => JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/'),
  'json in json': (value) => JSON.stringify(JSON.stringify(value)).slice(1, -1),
  'url component': (value) => encodeURIComponent(value),
  'url component, lower hex': (value) => encodeURIComponent(value).replace(/%../g, (x) => x.toLowerCase()),
  form: (value) => new URLSearchParams({ v: value }).toString().slice(2),
  'form, lower hex': (value) =>
    new URLSearchParams({ v: value })
      .toString()
      .slice(2)
      .replace(/%../g, (x) => x.toLowerCase()),
  'sql literal': (value) => value.replaceAll("'", "''"),
  hex: (value) => Buffer.from(value).toString('hex'),
  'hex, upper': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  base64: (value, before, after) => Buffer.from(before + value + after).toString('base64'),
  base64url: (value, before, after) => Buffer.from(before + value + after).toString('base64url'),
  'base64, wrapped': (value, before, after) =>
    Buffer.from(before + value + after)
      .toString('base64')
      .replace(/.{20}/g, '$&\n'),
};

/** As above, for encodings that can only be told from their neighbours when these are not escapes themselves. */
export const WHOLE_ESCAPES: Readonly<Record<string, (value: string) => string>> = {
  'every byte percent-encoded': (value) => percent(value, false),
  'every byte percent-encoded, upper': (value) => percent(value, true),
  'every unit \\u-escaped': escapeAll,
  'form, every other byte encoded': (value) =>
    value
      .split(' ')
      .map((word) => percent(word, false))
      .join('+'),
};
