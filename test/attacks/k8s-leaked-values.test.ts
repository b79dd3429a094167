import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICES } from '../../src/services/index.ts';
import { APPLIED, type Lab, LITERAL, openLab, setImage } from '../services/kubernetes/fixture.ts';

/** Values of variables and of `last-applied-configuration`: in no answer, no error, no audit and no before-image. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  setImage(lab, 'orders-api', 'orders:2');
});
afterAll(() => lab.close());

test('no tool tells them, and nothing of them is kept', async () => {
  const told: string[] = [];
  for (const [target, as] of [
    ['prod/shop', 'ops'],
    ['orders-api', 'keeper'],
  ] as const)
    for (const { name } of SERVICES.get('kubernetes')?.tools ?? []) {
      const pod = lab.twin.state.pods.find(({ metadata }) => metadata.labels.app === 'orders-api')?.metadata
        .name;
      const named = { workload: 'deployment/orders-api' };
      const args = name === 'k8s_logs' ? { pod } : name === 'k8s_list_workloads' ? {} : named;
      const more =
        name === 'k8s_scale'
          ? { replicas: 3 }
          : name === 'k8s_rollback_workload'
            ? { revision: as === 'ops' ? 1 : 2 }
            : {};
      const result = await lab.stack.call(name, { target, ...args, ...more }, { as });
      told.push(`${name} ${JSON.stringify(result)}`);
    }
  // The value was really there to be told.
  expect(JSON.stringify(lab.twin.requests)).toContain(LITERAL);
  expect(told.filter((text) => text.includes('"isError":true'))).toEqual([]);
  const kept = await textsIn(lab.stack.dataDir);
  expect(kept.some((text) => text.includes('k8s_scale'))).toBe(true);
  for (const text of [...told, ...kept, ...lab.stack.reports]) {
    expect(text).not.toContain(LITERAL);
    expect(text).not.toContain(APPLIED);
  }
});

test('annotations are told by key alone', async () => {
  const { annotations } = await lab.ok('k8s_describe', {}, 'keeper');
  expect(annotations).toContain('kubectl.kubernetes.io/last-applied-configuration');
});

async function textsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8')),
  );
}
