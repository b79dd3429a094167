import { type Api, ERROR, notCoordinator } from './request.ts';
import { NOT_TOLD, type TwinMember } from './state.ts';
import { Out, Violation } from './wire.ts';

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/FindCoordinatorRequest.json */
export const findCoordinator: Api = {
  key: 10,
  name: 'FindCoordinator',
  versions: [4, 4],
  flexibleFrom: 3,
  handle({ body, note, state, nodes, code }) {
    if (body.int8() !== 0) throw new Violation('a coordinator of something else than groups');
    const groups = body.list(true, () => body.string(true));
    body.tags();
    note({ groups });
    const out = new Out().int32(0);
    out.array(groups, true, (group) => {
      const node = nodes.find(({ id }) => id === state.coordinator(group));
      out
        .string(group, true)
        .int32(node?.id ?? -1)
        .string(node?.host ?? '', true)
        .int32(node?.port ?? -1);
      out.int16(code).string(null, true).tags();
    });
    return out.tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ListGroupsRequest.json */
export const listGroups: Api = {
  key: 16,
  name: 'ListGroups',
  versions: [4, 4],
  flexibleFrom: 3,
  handle({ body, note, state, node, code }) {
    note({ states: body.list(true, () => body.string(true)) });
    body.tags();
    const mine = [...state.groups].filter(([name]) => state.coordinator(name) === node);
    const out = new Out().int32(0).int16(code);
    return out
      .array(mine, true, ([name, group]) => {
        out.string(name, true).string('consumer', true).string(group.state, true).tags();
      })
      .tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/DescribeGroupsRequest.json */
export const describeGroups: Api = {
  key: 15,
  name: 'DescribeGroups',
  versions: [5, 5],
  flexibleFrom: 5,
  handle(call) {
    const { body, note, state } = call;
    const groups = body.list(true, () => body.string(true));
    const withOperations = body.bool();
    body.tags();
    note({ groups });
    const out = new Out().int32(0);
    out.array(groups, true, (name) => {
      const found = state.groups.get(name);
      const group = found?.kind === 'classic' ? found : undefined;
      out
        .int16(call.code || notCoordinator(call, name))
        .string(name, true)
        .string(group?.state ?? 'Dead', true);
      out.string(group ? 'consumer' : '', true).string(group?.members.length ? 'range' : '', true);
      out.array(group?.members ?? [], true, (member) => {
        out
          .string(member.id, true)
          .string(null, true)
          .string(member.clientId, true)
          .string(member.host, true);
        out.bytes(Buffer.alloc(0), true).bytes(assignment(member), true).tags();
      });
      out.int32(withOperations ? state.operations('group', name) : NOT_TOLD).tags();
    });
    return out.tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ConsumerProtocolAssignment.json */
function assignment({ assigned }: TwinMember): Buffer {
  const out = new Out().int16(1);
  out.array(Object.entries(assigned), false, ([topic, partitions]) => {
    out.string(topic, false).array(partitions, false, (one) => void out.int32(one));
  });
  return out.int32(-1).buffer;
}

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ConsumerGroupDescribeResponse.json */
export const consumerGroupDescribe: Api = {
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: [0, 0],
  flexibleFrom: 0,
  handle(call) {
    const { body, note, state } = call;
    const groups = body.list(true, () => body.string(true));
    body.bool();
    body.tags();
    note({ groups });
    const out = new Out().int32(0);
    out.array(groups, true, (name) => {
      const found = state.groups.get(name);
      const group = found?.kind === 'consumer' ? found : undefined;
      out
        .int16(call.code || notCoordinator(call, name) || (group ? 0 : ERROR.GROUP_NOT_FOUND))
        .string(null, true);
      out
        .string(name, true)
        .string(group?.state ?? '', true)
        .int32(1)
        .int32(1)
        .string('uniform', true);
      out.array(group?.members ?? [], true, (member) => {
        out.string(member.id, true).string(null, true).string(null, true).int32(1);
        out.string(member.clientId, true).string(member.host, true);
        out
          .array(Object.keys(member.assigned), true, (topic) => void out.string(topic, true))
          .string(null, true);
        for (let twice = 0; twice < 2; twice += 1)
          out
            .array(Object.entries(member.assigned), true, ([topic, partitions]) => {
              out.uuid(state.topics.get(topic)?.id ?? '0'.repeat(32)).string(topic, true);
              out.array(partitions, true, (one) => void out.int32(one)).tags();
            })
            .tags();
        out.tags();
      });
      out.int32(NOT_TOLD).tags();
    });
    return out.tags();
  },
};
