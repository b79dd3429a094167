import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describeConfigs, incrementalAlterConfigs } from './config-apis.ts';
import { fetch, listOffsets, produce } from './data-apis.ts';
import { consumerGroupDescribe, describeGroups, findCoordinator, listGroups } from './group-apis.ts';
import { metadata } from './metadata-api.ts';
import { offsetCommit, offsetDelete, offsetFetch } from './offset-apis.ts';
import type { Api, TwinNode } from './request.ts';
import { Session, type TwinLogin } from './session.ts';
import { ClusterState } from './state.ts';
import { createPartitions, createTopics, deleteTopics } from './topic-apis.ts';
import { In, Out, Violation } from './wire.ts';

const APIS: readonly Api[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  describeGroups,
  listGroups,
  createTopics,
  deleteTopics,
  describeConfigs,
  createPartitions,
  incrementalAlterConfigs,
  offsetDelete,
  consumerGroupDescribe,
];
const [HANDSHAKE, VERSIONS, AUTHENTICATE] = [17, 18, 36];
const UNSUPPORTED_VERSION = 35;

export interface TwinRequest {
  readonly api: string;
  readonly node: number;
  readonly detail: unknown;
}
/** What a test does to a request: `lost` carries it out and breaks the connection in place of the answer. */
export type Fault = 'lost' | 'cut' | 'silent' | Buffer;

/**
 * TWIN of an Apache Kafka cluster: a strict one of the part of the protocol that the tools use, as the brokers of
 * Kafka 3.9 answer it. Each node listens on a port of its own. An API, version, field or value that it does not know
 * is a violation, and a test asserts that there was none. Changes of topics go to the controller alone, data to the
 * leader alone, and groups to their coordinator alone.
 *
 * @see https://kafka.apache.org/protocol
 */
export interface KafkaTwin {
  readonly state: ClusterState;
  readonly nodes: readonly TwinNode[];
  /** `host:port` of each node, as it is advertised at the start. */
  readonly brokers: readonly string[];
  readonly violations: readonly string[];
  readonly requests: readonly TwinRequest[];
  /** Raw bytes of all logins. */
  logins(): Buffer;
  /** Connections that are open now. */
  connections(): number;
  forget(): void;
  /** Has an API answer with an error code until it is cleared with 0. */
  refuse(api: string, code: number): void;
  /** Does something to the next request of an API. */
  onNext(api: string, fault: Fault): void;
  /** Runs before the next request of an API is looked at: what somebody else does meanwhile. */
  meanwhile(api: string, act: () => void): void;
  /** Answers logins in place of the broker. */
  answerLogin(answer: (round: number) => string): void;
  close(): Promise<void>;
}

/** Starts one on free loopback ports. */
export async function startKafkaTwin({
  nodes: count = 1,
  login,
}: {
  nodes?: number;
  login?: TwinLogin;
} = {}): Promise<KafkaTwin> {
  const state = new ClusterState(Array.from({ length: count }, (_, at) => at + 1));
  const violations: string[] = [];
  const requests: TwinRequest[] = [];
  const sessions: Session[] = [];
  const sockets = new Set<Socket>();
  const refusals = new Map<string, number>();
  const faults = new Map<string, Fault>();
  const acts = new Map<string, () => void>();
  let loginAnswer: ((round: number) => string) | undefined;
  const nodes: TwinNode[] = [];

  const serve = (node: number, session: Session, frame: Buffer): Buffer | undefined => {
    const head = new In(frame);
    const [key, version, correlation] = [head.int16(), head.int16(), head.int32()];
    head.nullable(false); // client_id
    const api = APIS.find((one) => one.key === key);
    const name = api?.name ?? `API ${key}`;
    if (key === VERSIONS) return new Out().int32(correlation).raw(versions(head, version).buffer).buffer;
    if (key === HANDSHAKE) return new Out().int32(correlation).raw(session.handshake(head).buffer).buffer;
    if (key === AUTHENTICATE) {
      if (version >= 2) head.tags();
      const out = new Out().int32(correlation);
      if (version >= 2) out.tags();
      return out.raw(session.authenticate(head, version).buffer).buffer;
    }
    if (!session.isOpen) throw new Violation(`${name} before the login`);
    if (!api || version < api.versions[0] || version > api.versions[1])
      throw new Violation(`${name} v${version}`);
    if (version >= api.flexibleFrom) head.tags();
    acts.get(name)?.();
    acts.delete(name);
    const fault = faults.get(name);
    faults.delete(name);
    if (fault === 'cut') return undefined;
    let detail: unknown;
    const note = (given: unknown) => {
      detail = given;
    };
    const code = refusals.get(name) ?? 0;
    const answer = api.handle({ body: head, version, node, state, nodes, code, note });
    head.end();
    requests.push({ api: name, node, detail });
    if (fault === 'lost') return undefined;
    if (fault === 'silent') return Buffer.alloc(0);
    const out = new Out().int32(correlation);
    if (version >= api.flexibleFrom) out.tags();
    return out.raw(Buffer.isBuffer(fault) ? fault : answer.buffer).buffer;
  };

  const accept = (node: number) => (socket: Socket) => {
    const session = new Session(login);
    session.answerInstead = loginAnswer;
    sessions.push(session);
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    let buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      while (buffer.length >= 4 && buffer.length >= 4 + buffer.readInt32BE()) {
        const end = 4 + buffer.readInt32BE();
        const frame = buffer.subarray(4, end);
        buffer = buffer.subarray(end);
        try {
          const answer = serve(node, session, frame);
          if (answer === undefined) socket.destroy();
          else if (answer.length > 0) socket.write(new Out().bytes(answer, false).buffer);
        } catch (error) {
          violations.push(String(error));
          socket.destroy();
        }
      }
    });
  };

  const servers: Server[] = [];
  for (const id of state.nodes) {
    const server = createServer(accept(id));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    nodes.push({ id, host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  }
  return {
    state,
    nodes,
    brokers: nodes.map(({ host, port }) => `${host}:${port}`),
    violations,
    requests,
    logins: () => Buffer.concat(sessions.flatMap(({ sent }) => sent)),
    connections: () => sockets.size,
    forget: () => void requests.splice(0),
    refuse: (api, code) => void refusals.set(api, code),
    onNext: (api, fault) => void faults.set(api, fault),
    meanwhile: (api, act) => void acts.set(api, act),
    answerLogin: (answer) => {
      loginAnswer = answer;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ApiVersionsRequest.json */
function versions(body: In, version: number): Out {
  const f = version === 3;
  if (f) {
    body.tags();
    body.string(true);
    body.string(true);
    body.tags();
  }
  // A broker answers a version that it does not know in the form of version 0.
  const code = version <= 3 ? 0 : UNSUPPORTED_VERSION;
  const all = [
    ...APIS.map(
      ({ key, advertisedFrom, versions: [least, most] }) => [key, advertisedFrom ?? least, most] as const,
    ),
    [HANDSHAKE, 0, 1] as const,
    [VERSIONS, 0, 3] as const,
    [AUTHENTICATE, 0, 2] as const,
  ];
  const out = new Out().int16(code);
  out.array(all, f, ([key, least, most]) => {
    out.int16(key).int16(least).int16(most);
    if (f) out.tags();
  });
  if (version >= 1 && code === 0) out.int32(0);
  return f ? out.tags() : out;
}
