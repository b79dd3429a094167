import { type Api, type Call, denial, ERROR } from './request.ts';
import { DEFAULTS } from './state.ts';
import { Out, Violation } from './wire.ts';

const TOPIC = 2;
const [OF_TOPIC, OF_DEFAULT] = [1, 5];

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/DescribeConfigsRequest.json */
export const describeConfigs: Api = {
  key: 32,
  name: 'DescribeConfigs',
  versions: [4, 4],
  flexibleFrom: 4,
  handle({ body, note, state, code }) {
    const resources = body.list(true, () => {
      const one = {
        type: body.int8(),
        name: body.string(true),
        keys: body.array(true, () => body.string(true)),
      };
      if (one.type !== TOPIC) throw new Violation(`settings of a resource of type ${one.type}`);
      body.tags();
      return one;
    });
    const withSynonyms = body.bool();
    body.bool();
    body.tags();
    note({ resources });
    const out = new Out().int32(0);
    out.array(resources, true, ({ name, keys }) => {
      const topic = state.topics.get(name);
      const problem = code || (topic ? 0 : ERROR.UNKNOWN_TOPIC);
      out.int16(problem).string(null, true).int8(TOPIC).string(name, true);
      const names = problem === 0 ? Object.keys(DEFAULTS).filter((key) => keys?.includes(key) ?? true) : [];
      out.array(names, true, (key) => {
        const own = topic?.config.get(key);
        const inherited = DEFAULTS[key] ?? '';
        out
          .string(key, true)
          .string(own ?? inherited, true)
          .bool(false)
          .int8(own === undefined ? OF_DEFAULT : OF_TOPIC);
        const synonyms = [
          ...(own === undefined ? [] : [[own, OF_TOPIC] as const]),
          [inherited, OF_DEFAULT] as const,
        ];
        out.bool(false).array(withSynonyms ? synonyms : [], true, ([value, source]) => {
          out.string(key, true).string(value, true).int8(source).tags();
        });
        out.int8(2).string(null, true).tags();
      });
      out.tags();
    });
    return out.tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/IncrementalAlterConfigsRequest.json */
export const incrementalAlterConfigs: Api = {
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [1, 1],
  flexibleFrom: 1,
  handle(call) {
    const { body, note } = call;
    const resources = body.list(true, () => {
      const [type, name] = [body.int8(), body.string(true)];
      if (type !== TOPIC) throw new Violation(`settings of a resource of type ${type}`);
      const changes = body.list(true, () => {
        const one = { key: body.string(true), operation: body.int8(), value: body.nullable(true) };
        body.tags();
        return one;
      });
      body.tags();
      return { name, changes };
    });
    const validateOnly = body.bool();
    body.tags();
    note({ resources, validateOnly });
    const out = new Out().int32(0);
    out.array(resources, true, ({ name, changes }) => {
      out
        .int16(change(call, name, { changes, validateOnly }))
        .string(null, true)
        .int8(TOPIC)
        .string(name, true)
        .tags();
    });
    return out.tags();
  },
};

interface Change {
  readonly key: string;
  readonly operation: number;
  readonly value: string | null;
}
interface Wanted {
  readonly changes: readonly Change[];
  readonly validateOnly: boolean;
}
function change(call: Call, name: string, { changes, validateOnly }: Wanted): number {
  const { state, node } = call;
  const config = state.topics.get(name)?.config;
  const code = call.code || denial(call, 'topic', name, 'AlterConfigs');
  if (code !== 0) return code;
  if (node !== state.controller) return ERROR.NOT_CONTROLLER;
  if (!config) return ERROR.UNKNOWN_TOPIC;
  if (new Set(changes.map(({ key }) => key)).size < changes.length) return ERROR.INVALID_REQUEST;
  if (changes.some(({ key }) => !(key in DEFAULTS))) return ERROR.INVALID_CONFIG;
  for (const { key, operation, value } of changes) {
    if ((operation === 0) !== (value !== null) || operation > 1)
      throw new Violation(`operation ${operation} with ${value}`);
    if (validateOnly) continue;
    if (value === null) config.delete(key);
    else config.set(key, value);
  }
  return 0;
}
