import type { Machine, StdioLaunch } from '../../src/clients/client.ts';

/** A machine without any file, of a system that the test names. */
export const machine = (
  platform: NodeJS.Platform,
  env: Record<string, string> = {},
  folders: Readonly<Record<string, readonly string[]>> = {},
): Machine => ({
  platform,
  env,
  home: platform === 'win32' ? 'C:\\Users\\me' : '/home/me',
  project: platform === 'win32' ? 'C:\\work' : '/work',
  entries: (folder) => folders[folder] ?? [],
  exists: (path) => path in folders,
});

/** A server that needs one password and has one flag. */
export const LAUNCH: StdioLaunch = {
  kind: 'stdio',
  command: 'node',
  args: ['/opt/stackward/dist/main.js', 'serve', '--topology', '/srv/topology.yaml'],
  variables: [{ name: 'DB_PASSWORD', isSecret: true, purpose: 'credentials.password of db' }],
  settings: { MCP_DB_WRITE_ACCESS: 'false' },
};

/** The same without anything to name. */
export const BARE: StdioLaunch = { ...LAUNCH, variables: [], settings: {} };
