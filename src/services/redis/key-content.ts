import { ToolError } from '../../toolset/errors.ts';
import { fingerprintDump, fingerprintHash, fingerprintSet, fingerprintString } from './image.ts';
import { asBuffer, asList, asNumber, asPairs } from './reply.ts';
import type { WriterCommand, WriterConnection } from './writer.ts';

/** What a key holds, as far as the way back needs it. */
export interface Content {
  readonly dump: Buffer;
  readonly fingerprint: string;
  /** The fields of a hash, their names as latin1 text, which has one character for each byte. */
  readonly fields: ReadonlyMap<string, Buffer>;
}

/** In memory a value takes more room than dumped; past this multiple of the limit it is not even looked at. */
const MEMORY_FACTOR = 4;

const NO_FIELDS: ReadonlyMap<string, Buffer> = new Map();

/**
 * Reads a watched key of a type whole, once it is known to be small. It may be changed meanwhile; then the
 * watch makes the commit fail. Throws ToolError('result_too_large').
 */
export async function readContent(
  connection: WriterConnection,
  type: string,
  key: Buffer,
  limit: number,
  signal: AbortSignal,
): Promise<Content> {
  await assertSmall(connection, key, limit, signal);
  const ask = (command: WriterCommand) => connection.send(command, [key], signal);
  const dump = asBuffer(await ask('dump'));
  if (dump.length > limit) throw tooLarge(limit);
  if (type === 'string')
    return { dump, fingerprint: fingerprintString(asBuffer(await ask('get'))), fields: NO_FIELDS };
  if (type === 'set')
    return {
      dump,
      fingerprint: fingerprintSet(asList(await ask('smembers')).map(asBuffer)),
      fields: NO_FIELDS,
    };
  if (type !== 'hash') return { dump, fingerprint: fingerprintDump(type, dump), fields: NO_FIELDS };
  const fields = asPairs(await ask('hgetall')).map(([f, v]) => [asBuffer(f), asBuffer(v)] as const);
  return {
    dump,
    fingerprint: fingerprintHash(fields),
    fields: new Map(fields.map(([f, v]) => [f.toString('latin1'), v])),
  };
}

/** An estimate first: counting over all elements would itself be slow on a key that is huge. */
async function assertSmall(connection: WriterConnection, key: Buffer, limit: number, signal: AbortSignal) {
  for (const sample of [[], ['SAMPLES', '0']]) {
    const usage = await connection.send('memory|usage', [key, ...sample], signal);
    if (usage !== null && asNumber(usage) > limit * MEMORY_FACTOR) throw tooLarge(limit);
  }
}

const tooLarge = (limit: number) =>
  new ToolError(
    'result_too_large',
    `the keys are too large for their way back to be recorded (${limit} bytes are left of 1 MiB); name fewer, or leave this to a person`,
  );
