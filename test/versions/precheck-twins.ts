import { expect } from 'vitest';
import { fill } from '../services/grafana/filled.ts';
import { startGrafanaTwin, TOKEN } from '../twins/grafana.ts';
import { startKafkaTwin } from '../twins/kafka/server.ts';
import { startMongoTwin } from '../twins/mongodb.ts';
import { startS3Twin } from '../twins/s3.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

interface Twin {
  readonly violations: readonly string[];
  close(): Promise<void>;
}

/** A twin with the stack over it; closing them fails where a real server would have been asked wrongly. */
const over = <T extends Twin>(twin: T, lab: PrecheckLab) => ({
  twin,
  lab,
  async close() {
    await lab.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  },
});
export type Opened<Open extends () => Promise<unknown>> = Awaited<ReturnType<Open>>;

/** The topic `orders`, of which the group `billing` has read a part. */
export async function openKafka() {
  const twin = await startKafkaTwin({ nodes: 2 });
  twin.state.create('orders', 2, { 'retention.ms': '1000' });
  twin.state.group('billing');
  twin.state.commit('billing', 'orders', 0, 1);
  for (const { log } of twin.state.topics.get('orders')?.partitions ?? []) log.latest = 5;
  const brokers = twin.brokers.map((one) => `'${one}'`).join(', ');
  const fields = `type: kafka, brokers: [${brokers}], topics: {all: {match: ['orders', 'made'], groups: [billing]}}`;
  return over(twin, await openPrecheckLab(fields, 'operates', {}));
}

/** The collection `orders` with two documents and an index. */
export async function openMongo() {
  const twin = await startMongoTwin();
  twin.state.put('shop', 'orders', { _id: 'a', total: 1 }, { _id: 'b', total: 2 });
  twin.state
    .database('shop')
    .get('orders')
    ?.indexes.push({ v: 2, key: { a: 1 }, name: 'by_a' });
  const fields = `type: mongodb, host: 127.0.0.1, port: ${twin.port}, credentials: {user: {env: U}, password: {env: P}}, databases: {shop: {}}`;
  return over(twin, await openPrecheckLab(fields, 'queries', { U: twin.user, P: twin.password }));
}

/** The dashboard `sales` in the folder `shop`, which lies in `above`. */
export async function openGrafana() {
  const twin = await startGrafanaTwin();
  fill(twin);
  twin.state.addFolder('above', 'Above');
  const shop = twin.state.folders.get('shop');
  if (shop) shop.parentUid = 'above';
  twin.state.addDashboard('shop', 'sales', { title: 'Sales', panels: [] });
  const fields = `type: grafana, url: ${twin.url}, credentials: {token: {env: GRAFANA_TOKEN}}, folders: {shop: {}}`;
  return over(twin, await openPrecheckLab(fields, 'operates', { GRAFANA_TOKEN: TOKEN }));
}

/** Two buckets with an object `report`; one keeps versions, and has a deleted object `hidden` besides. */
export async function openS3() {
  const twin = await startS3Twin();
  twin.bucket('plain-bucket').put('report', 'old', { 'content-type': 'text/plain' });
  const kept = twin.bucket('kept-bucket');
  kept.versioning = 'Enabled';
  kept.put('report', 'old');
  kept.put('hidden', 'old');
  kept.remove('hidden');
  const { region, accessKeyId, secretAccessKey } = twin.account;
  const fields = `type: s3, url: ${twin.url}, region: ${region}, credentials: {access_key_id: {env: S3_ID}, secret_access_key: {env: S3_SECRET}}, buckets: {plain: {bucket: plain-bucket}, kept: {bucket: kept-bucket}}`;
  const env = { S3_ID: accessKeyId, S3_SECRET: secretAccessKey };
  return over(twin, await openPrecheckLab(fields, 'operates', env));
}
