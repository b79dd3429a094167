import { expect, test } from 'vitest';
import { renderProblem } from '../../src/topology/problem.ts';
import { load } from './types.ts';

const DB = 'databases: {a: }';
/** Files that hold the literal credential `hunter2` where a reference belongs, or where nothing does. */
const LEAKS: Readonly<Record<string, string>> = {
  'as the password': `{type: postgresql, host: h, credentials: {user: u, password: hunter2}, ${DB}}`,
  'as a password in quotes': `{type: postgresql, host: h, credentials: {user: u, password: "hunter2 \\" x"}, ${DB}}`,
  'as a reference that may be a password': `{type: postgresql, host: h, credentials: {user: u, password: $hunter2}, ${DB}}`,
  'in place of all credentials': `{type: postgresql, host: h, credentials: hunter2, ${DB}}`,
  'in a list': `{type: postgresql, host: h, credentials: [u, hunter2], ${DB}}`,
  'under a mistyped name': `{type: postgresql, host: h, credentials: {user: u, pw: hunter2}, ${DB}}`,
  'beside the host': `{type: postgresql, host: h, password: hunter2, credentials: {user: u, password: {env: P}}, ${DB}}`,
  'as an unknown source': `{type: postgresql, host: h, credentials: {user: u, password: {value: hunter2}}, ${DB}}`,
  'as the name of a variable': `{type: postgresql, host: h, credentials: {user: u, password: {env: [hunter2]}}, ${DB}}`,
  'as a name that no variable has': `{type: postgresql, host: h, credentials: {user: u, password: {env: hunter2-x}}, ${DB}}`,
  'in a URL': '{type: prometheus, url: "http://admin:hunter2@metrics/"}',
  'on a line with another error': `{type: postgresql, host: h, prot: 1, credentials: {user: u, password: hunter2}, ${DB}}`,
  'of an external component': '{type: postgresql, is_external: true, credentials: {password: hunter2}}',
  'on a line that is no YAML': '{type: postgresql, host: h, credentials: {user: u, password: hunter2}, [}',
  'on a line where no text belongs': `{type: agent}\n "x" hunter2\n`,
  'in an escape that does not exist': `{type: agent, token: "\\hunter2"}`,
  'far along a line that is no YAML': `{type: postgresql, host: h, credentials: {user: u, password: ${'x'.repeat(90)}hunter2}, [}`,
  'of a component with an unknown type': '{type: nope, password: hunter2}',
  'where a group is expected': '{type: agent, token: hunter2, group: 5}',
};

test.each(Object.entries(LEAKS))(
  'a literal credential %s is refused and never repeated',
  (_title, component) => {
    const { problems } = load(`stack: s\ncomponents:\n  x: ${component}\n`);
    expect(problems).toBeDefined();
    expect(problems?.map(renderProblem).join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  },
);

test('says where a credential comes from instead', () => {
  const { problems } = load(`stack: s\ncomponents:\n  x: ${LEAKS['as the password']}\n`);
  expect(problems).toMatchObject([
    {
      line: 3,
      column: 67,
      message:
        '"credentials.password" of component "x": a credential never stands in the file: write {env: NAME}, {file: PATH}, {kubernetes_secret: ...} or {vault: ...}',
      accepted: ['{env}', '{file}', '{kubernetes_secret}', '{vault}'],
    },
  ]);
});

test('draws the line with the words underlined and the credential blotted out', () => {
  const { problems } = load('stack: s\ncomponents:\n  m: {type: prometheus, url: "http://a:hunter2@m"}\n');
  expect(problems?.map(renderProblem).join('\n').split('\n').slice(1)).toEqual([
    '3 |   m: {type: prometheus, url: ********************}',
    '                                 ^^^^^^^^^^^^^^^^^^^^',
  ]);
});

test('prints no character that a terminal would act on', () => {
  const { problems } = load(
    'stack: s\ncomponents:\n  "a\u001b[31m\u202e": {type: agent}\n  b: {type: "\u{e0041}\u0007"}\n',
  );
  const shown = problems?.map(renderProblem).join('\n') ?? '';
  expect(shown).toContain('\\u{001b}');
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
