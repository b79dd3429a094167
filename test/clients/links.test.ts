import { expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/all.ts';
import { writtenFor } from '../../src/clients/entry.ts';
import { installLink } from '../../src/clients/links.ts';
import { LAUNCH } from './machine.ts';

const linkOf = (id: 'vscode' | 'cursor' | 'windsurf') =>
  installLink(CLIENTS[id], 'shop', writtenFor(CLIENTS[id], 'user', 'shop', LAUNCH));

test('VS Code’s link holds the name, the entry and the questions', () => {
  const { link, web } = linkOf('vscode');
  const [, query = ''] = /^vscode:mcp\/install\?(.+)$/.exec(link) ?? [];
  const { entry, inputs } = writtenFor(CLIENTS.vscode, 'user', 'shop', LAUNCH);
  expect(JSON.parse(decodeURIComponent(query))).toEqual({ name: 'shop', ...entry, inputs });
  expect(new URL(web).searchParams.get('url')).toBe(link);
});

test('Cursor’s link holds the entry in base64, unharmed by what URLs mean by +', () => {
  const { link, web } = linkOf('cursor');
  for (const one of [link, web]) {
    const query = new URL(one).searchParams;
    expect(query.get('name')).toBe('shop');
    expect(JSON.parse(Buffer.from(query.get('config') ?? '', 'base64').toString())).toEqual(
      writtenFor(CLIENTS.cursor, 'user', 'shop', LAUNCH).entry,
    );
  }
  expect(link).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?/);
});

test('others have no such links', () => {
  expect(() => linkOf('windsurf')).toThrow(/cursor and vscode do/);
});
