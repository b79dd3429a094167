import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../src/assemble.ts';
import type { Stackward } from '../../src/stackward.ts';
import { createKeys } from '../../src/store/keys.ts';
import type { ServiceDefinition } from '../../src/toolset/define.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import { openSchema } from '../store/database.ts';

export interface Replica {
  readonly stackward: Stackward;
  call(tool: string, args: Record<string, unknown>): ReturnType<Stackward['call']>;
}

/** Replicas of one stack on one database and with one folder of keys; each has a folder of its own for everything else. */
export async function openReplicas(
  count: number,
  {
    topology,
    services,
    env = {},
    url,
    ownFiles = false,
  }: {
    topology: string;
    services: ReadonlyMap<string, ServiceDefinition>;
    env?: Record<string, string>;
    /** Another database than that of the harness. */
    url?: string;
    /** Each has a topology file of its own, which it follows and puts in force. */
    ownFiles?: boolean;
  },
) {
  const folder = await mkdtemp(join(tmpdir(), 'stackward-replicas-'));
  const schema = url === undefined ? await openSchema() : undefined;
  createKeys(join(folder, 'keys'));
  const fileOf = (n: number) => join(folder, ownFiles ? `topology-${n}.yaml` : 'topology.yaml');
  const file = fileOf(0);
  await writeFile(file, topology);
  const said: string[] = [];
  const shared = {
    STACKWARD_DATABASE_URL: url ?? schema?.url ?? '',
    STACKWARD_DATABASE_SCHEMA: schema?.schema ?? 'stackward',
    STACKWARD_KEYS: join(folder, 'keys'),
    ...env,
  };
  const open = async (n: number, more: Record<string, string> = {}): Promise<Replica> => {
    const stackward = await assemble({
      topology: fileOf(n),
      data: join(folder, `data-${n}`),
      env: { ...shared, ...more },
      services: servicesAtHand(services),
      watch: ownFiles,
      offersTopology: true,
      migrates: true,
      report: (level, message) => said.push(`${n} ${level}: ${message}`),
    });
    let id = 0;
    return {
      stackward,
      call(toolName, args) {
        id += 1;
        return stackward.call({
          principal: undefined,
          id,
          toolName,
          args,
          signal: new AbortController().signal,
        });
      },
    };
  };
  const replicas: Replica[] = [];
  for (let n = 0; n < count; n++) {
    await writeFile(fileOf(n), topology);
    replicas.push(await open(n));
  }
  return {
    replicas,
    open,
    folder,
    file,
    fileOf,
    /** What the replicas told their operators, each line with the number of the replica. */
    said,
    env: shared,
    direct: schema?.direct,
    async close() {
      await Promise.all(replicas.map(({ stackward }) => stackward.close()));
      await schema?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
