import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import { refusal } from './refusal.ts';

type Versions = ReadonlyMap<number, readonly [least: number, most: number]>;

/**
 * ApiVersions, version 2, which every broker since 0.10 answers: later versions are answered in another form by a
 * broker that does not know them.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_ApiVersions
 */
export const apiVersions = createAPI<[], Versions>(18, 2, () => Writer.create(), parse, false, false);

function parse(_correlation: number, _key: number, _version: number, reader: Reader): Versions {
  const code = reader.readInt16();
  if (code !== 0) throw refusal(code);
  const ranges = reader.readArray(
    (r) => [r.readInt16(), [r.readInt16(), r.readInt16()] as const] as const,
    false,
    false,
  );
  return new Map(ranges);
}
