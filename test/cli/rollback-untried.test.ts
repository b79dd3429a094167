import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KafkaTwin, startKafkaTwin } from '../twins/kafka/server.ts';
import { topologyOf } from '../versions/way-back/lab.ts';
import { run } from './run.ts';

const UNTRIED = 'bus: whether the account has Delete on the topic made: the cluster does not say';
let dir: string;
let file: string;
let twin: KafkaTwin;

beforeEach(async () => {
  twin = await startKafkaTwin();
  dir = await mkdtemp(join(tmpdir(), 'stackward-untried-'));
  file = join(dir, 'topology.yaml');
  const fields = `type: kafka, brokers: ['${twin.brokers[0]}'], topics: {all: {match: [made]}}`;
  await writeFile(file, topologyOf('bus', fields, 'operates'));
});
afterEach(async () => {
  await twin.close();
  await rm(dir, { recursive: true, force: true });
});

const on = (...argv: string[]) => run([...argv, '--topology', file], { MCP_BUS_WRITE_ACCESS: 'true' });

test('a plan says what could not be tried, to people, programs and agents, and is carried out all the same', async () => {
  expect((await on('snapshot')).code).toBe(0);
  const before = JSON.parse((await on('versions', 'list', '--json')).out).versions[0].number;
  expect((await on('call', 'kafka_create_topic', 'topic=made', 'partitions=1')).code).toBe(0);
  twin.state.isSilentOnRights = true;
  const plan = await on('rollback', String(before), '--plan');
  expect(plan).toMatchObject({ code: 0, out: expect.stringContaining(`not tried: ${UNTRIED}`) });
  const shown = JSON.parse((await on('rollback', String(before), '--plan', '--json')).out);
  expect(shown).toMatchObject({ untried: [UNTRIED], obstacles: [] });
  const told = await on('call', 'stack_plan_rollback', `to=${before}`, '--json');
  expect(told.out).toContain(UNTRIED);
  expect((await on('rollback', String(before), '--yes')).code).toBe(0);
  expect(twin.state.topics.has('made')).toBe(false);
});
