import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import type { Client, ClientId } from './client.ts';
import { cursor } from './cursor.ts';
import { vscode } from './vscode.ts';
import { windsurf } from './windsurf.ts';

/** Every client that Stackward can be put into. */
export const CLIENTS: Readonly<Record<ClientId, Client>> = {
  'claude-desktop': claudeDesktop,
  'claude-code': claudeCode,
  cursor,
  vscode,
  windsurf,
};
