import { describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/all.ts';
import type { Client, HttpLaunch } from '../../src/clients/client.ts';
import { writtenFor } from '../../src/clients/entry.ts';
import { BARE, LAUNCH } from './machine.ts';

const HTTP: HttpLaunch = {
  kind: 'http',
  url: 'https://stackward.example.org/mcp',
  token: { name: 'STACKWARD_TOKEN', isSecret: true, purpose: 'bearer token' },
};
const written = (client: Client, launch: Parameters<typeof writtenFor>[3], scope = client.defaultScope) =>
  writtenFor(client, scope, 'shop', launch);
const { cursor, vscode, windsurf } = CLIENTS;
const [desktop, code] = [CLIENTS['claude-desktop'], CLIENTS['claude-code']];

describe('as a process', () => {
  const [command, args] = [LAUNCH.command, LAUNCH.args];

  test('Claude Code, Cursor and Windsurf name the variable in their own way', () => {
    expect(written(code, LAUNCH).entry).toEqual({
      type: 'stdio',
      command,
      args,
      env: { MCP_DB_WRITE_ACCESS: 'false', DB_PASSWORD: `\${DB_PASSWORD}` },
    });
    expect(written(cursor, LAUNCH).entry).toEqual({
      type: 'stdio',
      command,
      args,
      env: { MCP_DB_WRITE_ACCESS: 'false', DB_PASSWORD: `\${env:DB_PASSWORD}` },
    });
    expect(written(windsurf, LAUNCH).entry).toEqual({
      command,
      args,
      env: { MCP_DB_WRITE_ACCESS: 'false', DB_PASSWORD: `\${env:DB_PASSWORD}` },
    });
  });

  test('VS Code asks for it, and hides what is typed', () => {
    expect(written(vscode, LAUNCH)).toMatchObject({
      entry: { env: { DB_PASSWORD: `\${input:shop.DB_PASSWORD}` } },
      inputs: [{ type: 'promptString', id: 'shop.DB_PASSWORD', password: true }],
    });
  });

  test('Claude Desktop is given none, and what it would need is told with the way out', () => {
    expect(() => written(desktop, LAUNCH)).toThrow(
      /DB_PASSWORD: credentials\.password of db[\s\S]*--env-file/,
    );
    expect(written(desktop, BARE)).toEqual({ entry: { command, args }, inputs: [] });
  });

  test('the user’s file of Claude Code is given none, and the project’s is named', () => {
    expect(() => written(code, LAUNCH, 'user')).toThrow(/--scope project/);
    expect(written(code, BARE, 'user').entry).toEqual({ type: 'stdio', command, args });
  });
});

describe('over HTTP', () => {
  test('each has its own key and its own reference', () => {
    const url = HTTP.url;
    expect(written(code, HTTP).entry).toEqual({
      type: 'http',
      url,
      headers: { Authorization: `Bearer \${STACKWARD_TOKEN}` },
    });
    expect(written(cursor, HTTP).entry).toEqual({
      url,
      headers: { Authorization: `Bearer \${env:STACKWARD_TOKEN}` },
    });
    expect(written(windsurf, HTTP).entry).toEqual({
      serverUrl: url,
      headers: { Authorization: `Bearer \${env:STACKWARD_TOKEN}` },
    });
    expect(written(vscode, HTTP)).toMatchObject({
      entry: { type: 'http', url, headers: { Authorization: `Bearer \${input:shop.STACKWARD_TOKEN}` } },
      inputs: [{ id: 'shop.STACKWARD_TOKEN', password: true }],
    });
  });

  test('without a token there is no header', () => {
    expect(written(cursor, { kind: 'http', url: HTTP.url }).entry).toEqual({ url: HTTP.url });
  });

  test('Claude Desktop takes none', () => {
    expect(() => written(desktop, HTTP)).toThrow(/no server over HTTP/);
  });
});
