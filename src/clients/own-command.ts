import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClientError } from './client.ts';

/** What starts this very Stackward from anywhere: a client has neither this folder nor this PATH. */
export interface OwnCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** @throws ClientError when this Stackward has not been built */
export function ownCommand(env: Readonly<Record<string, string | undefined>>): OwnCommand {
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
  const main = join(root, 'dist', 'main.js');
  if (!existsSync(main))
    throw new ClientError(
      `${main} is not there: run npm run build first, or say after -- what starts Stackward`,
    );
  if (/[\\/]_npx[\\/]/.test(main))
    throw new ClientError(
      `${main} lies in the cache of npx, which is cleaned up: install the package (npm install -g stackward), or say what starts it: -- npx -y stackward`,
    );
  return { command: lastingNode(env), args: [main] };
}

function packageRoot(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'stackward') return folder;
  if (dirname(folder) === folder)
    throw new ClientError('this Stackward lies in no package; say after -- what starts it');
  return packageRoot(dirname(folder));
}

/** The name in PATH of the Node that runs this, which outlives an update of Node; else its own path. */
function lastingNode({ PATH = '' }: Readonly<Record<string, string | undefined>>): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const folder of PATH.split(delimiter).filter((one) => one.startsWith('/') || /^[A-Z]:/i.test(one))) {
    const found = join(folder, name);
    if (existsSync(found) && realpathSync(found) === realpathSync(process.execPath)) return found;
  }
  return process.execPath;
}
