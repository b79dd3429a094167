import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

function compile(file: string) {
  const folder = mkdtempSync(join(HERE, '.compile-'));
  try {
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { noEmit: true },
      include: [file],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    return spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8', cwd: ROOT });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what must never happen does not compile', () => {
  const { stdout, status } = compile(join(HERE, 'must-not-compile.ts'));
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('the check itself can fail: without the expectations the compiler refuses every case', () => {
  const source = fileURLToPath(new URL('must-not-compile.ts', import.meta.url));
  const bare = join(HERE, `.bare-${process.pid}.ts`);
  spawnSync('sh', ['-c', `sed '/@ts-expect-error/d' '${source}' > '${bare}'`]);
  try {
    const { stdout } = compile(bare);
    expect(stdout.match(/error TS/g)?.length ?? 0).toBeGreaterThanOrEqual(14);
  } finally {
    rmSync(bare);
  }
});
