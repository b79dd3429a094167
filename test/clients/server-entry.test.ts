import { describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/all.ts';
import { writtenFor } from '../../src/clients/entry.ts';
import type { JsonText } from '../../src/clients/json-edit.ts';
import { putServer, takeServer } from '../../src/clients/server-entry.ts';
import { BARE, LAUNCH } from './machine.ts';

const { cursor, vscode } = CLIENTS;
const json = (text: string): JsonText => ({ text, name: 'mcp.json', lenient: true });
const OTHERS = `{
  // of the team
  "mcpServers": {
    "github": { "command": "docker", "args": ["run", "-i"] } // pinned
  },
  "unknown": [1, 2]
}
`;
const written = writtenFor(cursor, 'user', 'shop', LAUNCH);
const put = (text: string, launch = LAUNCH, replace = false) =>
  putServer(cursor, json(text), 'shop', writtenFor(cursor, 'user', 'shop', launch), replace);

describe('putting', () => {
  test('adds the server and keeps the others, unknown keys and comments', () => {
    const change = put(OTHERS);
    expect(change).toMatchObject({ kind: 'added', others: ['github'] });
    for (const line of ['  // of the team', '"args": ["run", "-i"] }, // pinned', '  "unknown": [1, 2]'])
      expect(change.text).toContain(line);
  });

  test('a second time changes nothing', () => {
    expect(put(put(OTHERS).text)).toMatchObject({ kind: 'unchanged', text: put(OTHERS).text });
  });

  test('with other options changes our keys alone: those that somebody added to the entry stay', () => {
    const theirs = put(OTHERS)
      .text.replace('"command": "node"', '"disabled": true, // for now\n      "command": "node"')
      .replace('"env": {', '"env": {\n        "HTTPS_PROXY": "http://proxy:3128",');
    const { kind, text } = put(theirs, { ...BARE, args: [...BARE.args, '--as', 'triage'] });
    expect(kind).toBe('changed');
    expect(text).toContain('"disabled": true, // for now');
    const entry = JSON.parse(text.replace(/ \/\/.*/g, '')).mcpServers.shop;
    expect(entry).toMatchObject({ disabled: true, args: expect.arrayContaining(['--as', 'triage']) });
    // Our own reference went with the need for it; the proxy was theirs, and so is the flag now.
    expect(entry.env).toEqual({ HTTPS_PROXY: 'http://proxy:3128', MCP_DB_WRITE_ACCESS: 'false' });
  });

  test('another transport leaves none of the former’s keys', () => {
    const url = 'http://127.0.0.1:8414/mcp';
    const { text } = putServer(
      cursor,
      json(put('{"mcpServers": {}}').text),
      'shop',
      writtenFor(cursor, 'user', 'shop', { kind: 'http', url }),
    );
    const { command, args, type, ...rest } = JSON.parse(text).mcpServers.shop;
    expect([command, args, type]).toEqual([undefined, undefined, undefined]);
    expect(rest).toMatchObject({ url });
  });

  test('does not take the place of another server, unless told to', () => {
    const taken = '{"mcpServers": {"shop": {"command": "npx", "args": ["some-shop-server"]}}}';
    expect(() => put(taken)).toThrow(/mcpServers\.shop starts something else/);
    expect(JSON.parse(put(taken, LAUNCH, true).text).mcpServers.shop).toEqual(written.entry);
  });
});

describe('taking out', () => {
  test('gives back the very bytes that were there', () => {
    expect(takeServer(cursor, json(put(OTHERS).text), 'shop')).toMatchObject({
      kind: 'removed',
      text: OTHERS,
    });
  });

  test('changes nothing where it is not', () => {
    expect(takeServer(cursor, json(OTHERS), 'shop')).toMatchObject({ kind: 'absent', text: OTHERS });
  });

  test('does not take out what is not ours', () => {
    expect(() => takeServer(cursor, json(OTHERS), 'github')).toThrow(/starts something else/);
  });
});

describe('questions of VS Code', () => {
  const FILE = `{
  "inputs": [
    // asked for GitHub
    { "type": "promptString", "id": "github", "description": "token", "password": true }
  ],
  "servers": {
    "github": { "url": "https://x", "headers": { "Authorization": "\${input:github}" } }
  }
}
`;
  const ask = (text: string, launch = LAUNCH) =>
    putServer(vscode, json(text), 'shop', writtenFor(vscode, 'user', 'shop', launch)).text;
  const ids = (text: string) =>
    JSON.parse(text.replace(/\/\/ .*/g, '')).inputs.map((one: { id: string }) => one.id);

  test('come beside those that are there, once', () => {
    expect(ids(ask(FILE))).toEqual(['github', 'shop.DB_PASSWORD']);
    expect(ask(ask(FILE))).toBe(ask(FILE));
  });

  test('keep the words that somebody gave them', () => {
    const worded = ask(FILE).replace('DB_PASSWORD: credentials.password of db', 'Ask Bob');
    expect(ask(worded)).toBe(worded);
  });

  test('go when nothing refers to them, and no other goes', () => {
    expect(ids(ask(ask(FILE), BARE))).toEqual(['github']);
    expect(takeServer(vscode, json(ask(FILE)), 'shop').text).toBe(FILE);
  });

  test('of a server whose name begins alike stay', () => {
    const both = putServer(
      vscode,
      json(ask(FILE)),
      'shop-eu',
      writtenFor(vscode, 'user', 'shop-eu', LAUNCH),
    ).text;
    expect(ids(takeServer(vscode, json(both), 'shop').text)).toEqual(['github', 'shop-eu.DB_PASSWORD']);
  });
});
