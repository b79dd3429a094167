import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Runs the demo and keeps what it printed, from which `npm run generate` makes the README's session and its picture. */
const root = fileURLToPath(new URL('..', import.meta.url));
const printed = execFileSync(process.execPath, ['--import', 'tsx', 'src/main.ts', 'demo'], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1', COLUMNS: '118' },
});
// The demo's folder has another name each time; the file's name is what matters.
const text = printed.replaceAll(/\S*\/stackward-demo-\w+\//g, '').trimEnd();
writeFileSync(`${root}docs/images/session.txt`, `${text}\n`);
