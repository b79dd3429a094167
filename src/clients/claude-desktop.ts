import { type Client, ClientError, type Machine } from './client.ts';
import { below, inHome, settingsFolder } from './place.ts';

const FILE = 'claude_desktop_config.json';

/** Claude Desktop. It starts servers with a small environment of its own, and its file cannot refer to a variable. */
export const claudeDesktop: Client = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  key: 'mcpServers',
  readsComments: false,
  files: { user: fileOf },
  defaultScope: 'user',
  referencesIn: [],
  // Never called: there is no scope in which it could be.
  reference: ({ name }) => name,
  typed: [],
  limits: {
    name: {
      value: 64,
      prefix: () => '',
      source: 'https://github.com/anthropics/claude-code/issues/95504',
    },
    resultBytes: { value: 1_048_576, source: 'https://github.com/anthropics/claude-code/issues/66519' },
  },
  next: 'quit Claude Desktop and start it again; the tools are under the slider below the message box',
};

function fileOf(machine: Machine): string {
  const [only, ...others] = packageFolders(machine);
  if (others.length > 0)
    throw new ClientError(
      `Claude Desktop has several folders here: ${[only, ...others].join(', ')}; name the file with --file`,
    );
  return below(machine, only ?? below(machine, settingsFolder(machine), 'Claude'), FILE);
}

/**
 * Where the packaged Claude Desktop of Windows keeps its file, whatever its own menu opens: in a folder of its own since
 * the autumn of 2026, inside its package before.
 * https://github.com/anthropics/claude-code/issues/25579, https://github.com/MadGapun/PBP (issue 1245)
 */
function packageFolders(machine: Machine): readonly string[] {
  if (machine.platform !== 'win32') return [];
  const local = machine.env.LOCALAPPDATA || inHome(machine, 'AppData', 'Local');
  const foldersIn = (place: string, name: RegExp, ...rest: readonly string[]) =>
    machine
      .entries(below(machine, local, place))
      .filter((one) => name.test(one))
      .map((one) => below(machine, local, place, one, ...rest))
      .filter((folder) => machine.exists(folder));
  const newer = foldersIn('Claude-Data', /^claude(_\w*)?$/i);
  return newer.length > 0
    ? newer
    : foldersIn('Packages', /^Claude_[a-z0-9]+$/i, 'LocalCache', 'Roaming', 'Claude');
}
