import { type Api, type Call, ERROR } from './request.ts';
import { NOT_TOLD } from './state.ts';
import { Out, Violation } from './wire.ts';

const NO_ID = '0'.repeat(32);

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/MetadataRequest.json */
export const metadata: Api = {
  key: 3,
  name: 'Metadata',
  versions: [4, 10],
  flexibleFrom: 9,
  handle(call) {
    const { body, version, state, code, note } = call;
    const f = version >= 9;
    const asked = body.array(f, () => {
      if (version >= 10 && body.uuid() !== NO_ID) throw new Violation('topics by identifier need version 12');
      const name = body.string(f);
      if (f) body.tags();
      return name;
    });
    const mayCreate = body.bool();
    let withOperations = false;
    if (version >= 8) {
      if (body.bool()) throw new Violation('nobody asks what the account may do to the cluster');
      withOperations = body.bool();
    }
    if (f) body.tags();
    note({ topics: asked, mayCreate });
    if (mayCreate) for (const name of asked ?? []) if (!state.topics.has(name)) state.create(name, 1);
    return answer(call, asked ?? [...state.topics.keys()], { code, withOperations });
  },
};

function answer(
  { version, state, nodes }: Call,
  names: readonly string[],
  { code, withOperations }: { code: number; withOperations: boolean },
): Out {
  const f = version >= 9;
  const out = new Out().int32(0);
  const tags = () => void (f && out.tags());
  out.array(nodes, f, ({ id, host, port }) => {
    out.int32(id).string(host, f).int32(port).string(null, f);
    tags();
  });
  out.string('twin', f).int32(state.controller);
  out.array(names, f, (name) => {
    const topic = state.topics.get(name);
    out.int16(code || (topic ? 0 : ERROR.UNKNOWN_TOPIC)).string(name, f);
    if (version >= 10) out.uuid(topic?.id ?? NO_ID);
    out.bool(topic?.isInternal ?? false);
    out.array(topic?.partitions ?? [], f, (one) => {
      const index = topic?.partitions.indexOf(one) ?? 0;
      out
        .int16(one.leader < 0 ? 5 : 0)
        .int32(index)
        .int32(one.leader);
      if (version >= 7) out.int32(0);
      out.array(one.replicas, f, (id) => void out.int32(id));
      out.array(one.isr, f, (id) => void out.int32(id));
      if (version >= 5) out.array([], f, () => {});
      tags();
    });
    if (version >= 8) out.int32(topic && withOperations ? state.operations('topic', name) : NOT_TOLD);
    tags();
  });
  if (version >= 8 && version <= 10) out.int32(NOT_TOLD);
  tags();
  return out;
}
