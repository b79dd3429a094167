import { type Api, denial, ERROR, notCoordinator } from './request.ts';
import type { TwinGroup } from './state.ts';
import { Out, Violation } from './wire.ts';

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/OffsetFetchRequest.json */
export const offsetFetch: Api = {
  key: 9,
  name: 'OffsetFetch',
  versions: [8, 8],
  flexibleFrom: 6,
  handle(call) {
    const { body, note, state } = call;
    const groups = body.list(true, () => {
      const name = body.string(true);
      if (body.array(true, () => 0) !== null)
        throw new Violation('the twin knows a fetch of all topics alone');
      body.tags();
      return name;
    });
    body.bool();
    body.tags();
    note({ groups });
    const out = new Out().int32(0);
    out.array(groups, true, (name) => {
      const code = call.code || notCoordinator(call, name);
      const commits = code === 0 ? [...(state.groups.get(name)?.commits ?? [])] : [];
      const topics = [...new Set(commits.map(([at]) => at.split(' ')[0] ?? ''))];
      out.string(name, true).array(topics, true, (topic) => {
        const own = commits.filter(([at]) => at.startsWith(`${topic} `));
        out.string(topic, true).array(own, true, ([at, { offset, epoch, metadata }]) => {
          out
            .int32(Number(at.split(' ')[1]))
            .int64(offset)
            .int32(epoch)
            .string(metadata, true)
            .int16(0)
            .tags();
        });
        out.tags();
      });
      out.int16(code).tags();
    });
    return out.tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/OffsetCommitRequest.json */
export const offsetCommit: Api = {
  key: 8,
  name: 'OffsetCommit',
  versions: [8, 8],
  flexibleFrom: 8,
  handle(call) {
    const { body, note, state } = call;
    const [group, generation, member] = [body.string(true), body.int32(), body.string(true)];
    if (body.nullable(true) !== null) throw new Violation('a static member');
    const topics = body.list(true, () => {
      const name = body.string(true);
      const partitions = body.list(true, () => {
        const one = {
          index: body.int32(),
          offset: body.int64(),
          epoch: body.int32(),
          metadata: body.nullable(true),
        };
        body.tags();
        return one;
      });
      body.tags();
      return { name, partitions };
    });
    body.tags();
    note({ group, generation, member, topics });
    const found = state.groups.get(group);
    const isOutsider = generation < 0 && member === '';
    if (!isOutsider) throw new Violation('a commit as a member of the group');
    const busy = found && found.state !== 'Empty' ? ERROR.UNKNOWN_MEMBER : 0;
    const out = new Out().int32(0);
    out.array(topics, true, ({ name, partitions }) => {
      out.string(name, true).array(partitions, true, ({ index, ...commit }) => {
        const missing = state.partition(name, index) ? 0 : ERROR.UNKNOWN_TOPIC;
        const denied = denial(call, 'group', group, 'Read') || denial(call, 'topic', name, 'Read');
        const code = call.code || denied || notCoordinator(call, group) || missing || busy;
        if (code === 0) (found ?? state.group(group)).commits.set(`${name} ${index}`, commit);
        out.int32(index).int16(code).tags();
      });
      out.tags();
    });
    return out.tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/OffsetDeleteRequest.json */
export const offsetDelete: Api = {
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexibleFrom: 1,
  handle(call) {
    const { body, note, state } = call;
    const group = body.string(false);
    const topics = body.list(false, () => ({
      name: body.string(false),
      partitions: body.list(false, () => body.int32()),
    }));
    note({ group, topics });
    const found = state.groups.get(group);
    const out = new Out()
      .int16(
        call.code ||
          denial(call, 'group', group, 'Delete') ||
          notCoordinator(call, group) ||
          (found ? 0 : ERROR.GROUP_NOT_FOUND),
      )
      .int32(0);
    return out.array(found ? topics : [], false, ({ name, partitions }) => {
      out.string(name, false).array(partitions, false, (index) => {
        const code = isSubscribed(found, name) ? ERROR.GROUP_SUBSCRIBED : 0;
        if (code === 0) found?.commits.delete(`${name} ${index}`);
        out.int32(index).int16(code);
      });
    });
  },
};

const isSubscribed = (group: TwinGroup | undefined, topic: string): boolean =>
  group?.members.some(({ assigned }) => topic in assigned) ?? false;
