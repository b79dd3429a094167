import { BSON, type Document, type Long } from 'bson';

/**
 * The messages of MongoDB's wire protocol: OP_MSG with its body section, and OP_QUERY with OP_REPLY, which a driver
 * says hello with.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
/** The client waits for no reply. */
const MORE_TO_COME = 2;
const EXHAUST_ALLOWED = 1 << 16;

export interface Message {
  readonly id: number;
  readonly isLegacy: boolean;
  readonly wantsReply: boolean;
  readonly body: Document;
}

/** Types of values are kept, so that a test sees what was sent. */
const EXACT = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

/** Splits a stream into messages; what is left of it stays for the next chunk. Throws for what no client may send. */
export function takeMessages(buffer: Buffer): { messages: Message[]; rest: Buffer } {
  const messages: Message[] = [];
  let rest = buffer;
  while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
    const length = rest.readInt32LE(0);
    messages.push(parse(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return { messages, rest };
}

function parse(bytes: Buffer): Message {
  const id = bytes.readInt32LE(4);
  const code = bytes.readInt32LE(12);
  if (code === OP_QUERY) {
    const name = bytes.subarray(20, bytes.indexOf(0, 20)).toString();
    if (name !== 'admin.$cmd') throw new Error(`OP_QUERY on ${name}`);
    const at = 20 + name.length + 1 + 8;
    return { id, isLegacy: true, wantsReply: true, body: BSON.deserialize(bytes.subarray(at), EXACT) };
  }
  if (code !== OP_MSG) throw new Error(`unknown opcode ${code}`);
  const flags = bytes.readUInt32LE(16);
  if ((flags & ~(MORE_TO_COME | EXHAUST_ALLOWED)) !== 0 || bytes[20] !== 0)
    throw new Error(`OP_MSG with the flags ${flags} and a section of kind ${bytes[20]}`);
  return {
    id,
    isLegacy: false,
    wantsReply: (flags & MORE_TO_COME) === 0,
    body: BSON.deserialize(bytes.subarray(21), EXACT),
  };
}

/** The first batch of a cursor, whose documents go out byte for byte. */
export interface RawBatch {
  readonly id: Long;
  readonly ns: string;
  readonly firstBatch: readonly Buffer[];
}

/** BSON of an answer. What the driver's own library would make of documents, it would put into another order. */
function encode({ cursor, ...rest }: Document & { cursor?: RawBatch }): Buffer {
  const document = Buffer.from(BSON.serialize(rest));
  if (!cursor) return document;
  const { id, ns, firstBatch } = cursor;
  const batch = firstBatch.reduce(
    (array, bytes, at) => withElement(array, 3, `${at}`, bytes),
    Buffer.from(BSON.serialize({})),
  );
  return withElement(
    document,
    3,
    'cursor',
    withElement(Buffer.from(BSON.serialize({ id, ns })), 4, 'firstBatch', batch),
  );
}

/** A document with one element more: 3 is a document, 4 an array. */
function withElement(document: Buffer, type: number, name: string, value: Buffer): Buffer {
  const element = Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]);
  const longer = Buffer.concat([document.subarray(0, -1), element, Buffer.from([0])]);
  longer.writeInt32LE(longer.length, 0);
  return longer;
}

export function reply(to: Message, document: Document): Buffer {
  const body = encode(document);
  const before = to.isLegacy ? Buffer.alloc(20) : Buffer.alloc(5);
  // Of an OP_REPLY: flags, cursor, start, and one document.
  if (to.isLegacy) before.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + before.length + body.length, 0);
  header.writeInt32LE(to.id, 8);
  header.writeInt32LE(to.isLegacy ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, before, body]);
}

/** The bodies of all commands in what a wiretap heard from one or more connections, as far as they are whole. */
export const commandsIn = (sent: Buffer): Document[] => takeMessages(sent).messages.map(({ body }) => body);
