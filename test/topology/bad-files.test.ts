import { describe, expect, test } from 'vitest';
import { renderProblem } from '../../src/topology/problem.ts';
import { load } from './types.ts';

/** A file with `§` before the words that the error must point at, what its message must say and what is accepted. */
interface Bad {
  readonly text: string;
  readonly says: readonly string[];
  readonly accepted?: readonly string[];
}

const DB =
  'db: {type: postgresql, host: h, credentials: {user: u, password: {env: P}}, databases: {orders: {schemas: [public, audit]}, billing: }}';
const inComponent = (line: string) => `stack: s\ncomponents:\n  a: {type: agent}\n  ${line}\n`;
const inField = (field: string) =>
  inComponent(
    `db: {type: postgresql, credentials: {user: u, password: {env: P}}, databases: {a: }, ${field}}`,
  );
const inLink = (link: string) => `${inComponent(DB)}links:\n  - ${link}\n`;

const BAD: Readonly<Record<string, Bad>> = {
  'an empty file': { text: '§', says: ['empty', 'stack:'] },
  'a comment alone': { text: '§# nothing\n', says: ['empty'] },
  'a list': { text: '§[1]', says: ['a topology is a map'] },
  'no components': { text: '§stack: s\n', says: ['no components', 'components: {NAME'] },
  'components that are empty': { text: 'stack: s\n§components: {}\n', says: ['no components'] },
  'no stack': { text: '§components: {a: {type: agent}}\n', says: ['stack: NAME'] },
  'a stack that is a number': {
    text: 'stack: §12\ncomponents: {a: {type: agent}}\n',
    says: ['"stack" must be a name', 'a number'],
  },
  'an unknown top-level field': {
    text: 'stack: s\n§componets: 1\ncomponents: {a: {type: agent}}\n',
    says: ['"componets"', 'did you mean "components"'],
    accepted: ['stack', 'components', 'links', 'groups', '$schema'],
  },
  'a syntax error': { text: 'stack: s\ncomponents: {a: [1\n§b: 2\n', says: ['not valid YAML'] },
  'two documents': {
    text: inComponent('b: {type: agent}').concat('---\n§a: 1\n').replace('---\n§', '§---\n'),
    says: ['multiple documents'],
  },
  'an anchor': { text: inComponent('b: &x §{type: agent}'), says: ['anchors are not allowed', '"&x"'] },
  'an alias': { text: inComponent('b: §*x'), says: ['aliases are not allowed', '"*x"'] },
  'a merge key': { text: inComponent('b: {§<<: {type: agent}}'), says: ['merge keys are not allowed'] },
  'a tag': { text: inComponent('b: {type: !!str §agent}'), says: ['tags are not allowed'] },
  'a directive': { text: '§%YAML 1.1\n---\nstack: s\ncomponents: {a: {type: agent}}\n', says: ['%YAML'] },
  'a key that is there twice': { text: inComponent('§a: {type: agent}'), says: ['"a" is there twice'] },
  'a key that is a number': {
    text: inComponent('§2024: {type: agent}'),
    says: ['"2024" is read as number', 'in quotes'],
  },
  'a key that is a list': { text: inComponent('? §[x]\n  : {type: agent}'), says: ['must be plain text'] },
  'brackets without end': {
    text: `a: ${'['.repeat(200)}§${'['.repeat(100_000)}`.replace('a: [', 'a: ['),
    says: ['nested too deeply'],
  },
  'deep indentation': { text: `§${' '.repeat(500)}a: 1\n`, says: ['nested too deeply'] },
  'thirty-three levels': {
    text: inComponent(`b: ${'{b: '.repeat(31)}§{b: 1}${'}'.repeat(31)}`),
    says: ['nested too deeply'],
  },
  'more than 4 MiB': { text: `§stack: s\n#${'x'.repeat(4 * 1024 * 1024)}`, says: ['at most 4194304'] },
  'a bidirectional override in a comment': {
    text: inComponent('b: {type: agent} # §\u202e'),
    says: ['\\u{202e}', 'not allowed'],
  },
  'an escaped tag character in a title': {
    text: inComponent('b: {type: agent, title: §"x\\U000E0041"}'),
    says: ['\\u{e0041}'],
  },
  'an escaped control character in a title': {
    text: inComponent('b: {type: agent, title: §"x\\e[31m"}'),
    says: ['\\u{001b}'],
  },
  'a component that is nothing': {
    text: inComponent('§b:'),
    says: ['component "b" must be a map with a type'],
  },
  'a component that is a list': { text: inComponent('b: §[x]'), says: ['"b"', 'not a list'] },
  'a component without a type': {
    text: inComponent('§b: {title: x}'),
    says: ['"b" needs the field "type"'],
    accepted: ['agent', 'redis'],
  },
  'a mistyped type field': { text: inComponent('b: {§typ: agent}'), says: ['"type"', '"typ" may be meant'] },
  'an unknown component type': {
    text: inComponent('b: {type: §postgres}'),
    says: ['unknown component type "postgres"', 'did you mean "postgresql"'],
    accepted: ['postgresql'],
  },
  'a type like nothing known': {
    text: inComponent('b: {type: §mainframe}'),
    says: ['"mainframe"', 'accepted: agent, application'],
  },
  'a name with a capital': { text: inComponent('§Orders: {type: agent}'), says: ['"Orders"', 'lower-case'] },
  'a name with a space': { text: inComponent('§my db: {type: agent}'), says: ['"my db" holds a space'] },
  'a name with a slash': {
    text: inComponent('§a/b: {type: agent}'),
    says: ['"a/b" holds the character "/"'],
  },
  'a name with a quote': { text: inComponent(`§"a'b": {type: agent}`), says: [`"a'b"`, `the character "'"`] },
  'a name with two underscores': { text: inComponent('§b__c: {type: agent}'), says: ['"b__c"'] },
  'a name that is too long': { text: inComponent(`§${'x'.repeat(49)}: {type: agent}`), says: ['at most 48'] },
  'a reserved name': { text: inComponent('§stack: {type: agent}'), says: ['"stack" is reserved'] },
  'a name that ends the line': { text: inComponent('§"b\\n": {type: agent}'), says: ['"b\\u{000a}"'] },
  'a sub-component with a space': {
    text: inComponent(DB.replace('billing', '§"my billing"')),
    says: ['database name "my billing" holds a space'],
  },
  'a sub-component with a wildcard': {
    text: inComponent(DB.replace('billing', '§"*"')),
    says: ['database name "*"', 'the character "*"'],
  },
  'names that share a flag': {
    text: inComponent('x-y: {type: agent}\n  §x_y: {type: agent}'),
    says: ['"x_y"', '"x-y"', 'MCP_X_Y_WRITE_ACCESS'],
  },
  'sub-components that share a flag': {
    text: inComponent(DB.replace('billing', '§ORDERS')),
    says: ['"db/ORDERS"', '"db/orders"', 'MCP_DB__ORDERS_WRITE_ACCESS'],
  },
  'an unknown field': {
    text: inField('host: h, §prot: 1'),
    says: ['unknown field "prot"', 'did you mean "port"'],
    accepted: ['host', 'port', 'title', 'databases'],
  },
  'a missing field': {
    text: inComponent(
      '§db: {type: postgresql, credentials: {user: u, password: {env: P}}, databases: {a: }}',
    ),
    says: ['needs the field "host"', 'text, {env}'],
    accepted: ['text', '{env}'],
  },
  'a value of the wrong type': {
    text: inField('host: h, port: §"5432"'),
    says: ['"port"', 'text "5432"', 'a number, {env}'],
    accepted: ['a number', '{env}'],
  },
  'a value that is too large': { text: inField('host: h, port: §70000'), says: ['"port"', 'at most 65535'] },
  'a value not among the accepted': {
    text: inField('host: h, ssl: §prefer'),
    says: ['"ssl"', '"prefer"'],
    accepted: ['require', 'verify-full'],
  },
  'a shell reference': { text: inField('host: §$DB_HOST'), says: ['"$DB_HOST"', 'write {env: DB_HOST}'] },
  'a shell reference in braces': { text: inField(`host: §"\${DB_HOST}"`), says: ['write {env: DB_HOST}'] },
  'a reference inside of text': {
    text: inField(`host: §"db.\${REGION}.example"`),
    says: ['{env: REGION} as the whole value'],
  },
  'a bad variable name': {
    text: inField('host: {env: §"bad name"}'),
    says: ['"host.env"', '"bad name"', 'write {env: FOO}'],
  },
  'a mistyped reference': {
    text: inField('host: {§evn: HOST}'),
    says: ['"evn"', 'did you mean "env"'],
    accepted: ['env'],
  },
  'two sources of one credential': {
    text: inComponent('m: {type: prometheus, url: "http://x", credentials: {token: §{env: A, file: /b}}}'),
    says: ['"credentials.token"', 'exactly one of env, file'],
  },
  'a vault reference that lacks its key': {
    text: inComponent('m: {type: prometheus, url: "http://x", credentials: {token: {§vault: {path: x}}}}'),
    says: ['"credentials.token.vault"', 'needs the field "key"'],
  },
  'a title that is a number': {
    text: inComponent('b: {type: agent, title: §5}'),
    says: ['"title"', 'cannot be 5'],
    accepted: ['text'],
  },
  'protected that is text': {
    text: inComponent('b: {type: agent, protected: §yes}'),
    says: ['"protected"', 'text "yes"'],
    accepted: ['true or false'],
  },
  'an approval that is not known': {
    text: inComponent('b: {type: agent, approval: §always}'),
    says: ['"always"'],
    accepted: ['writes'],
  },
  'a blast radius of nothing': {
    text: inComponent('b: {type: agent, blast_radius: §0}'),
    says: ['"blast_radius"', 'more than 0'],
  },
  'a stack on a component that is not external': {
    text: inComponent('b: {type: agent, §stack: other}'),
    says: ['is_external: true'],
  },
  'a connection on an external component': {
    text: inComponent('b: {type: redis, is_external: true, §host: h}'),
    says: ['"b" is external', 'remove "host"'],
  },
  'a group that is not listed': {
    text: `groups: {front: }\n${inComponent('b: {type: agent, group: §frnt}')}`,
    says: ['unknown group "frnt"', 'did you mean "front"'],
    accepted: ['front'],
  },
  'an unknown field of a group': {
    text: `groups: {front: {§color: red}}\n${inComponent('b: {type: agent, group: front}')}`,
    says: ['"color" of group "front"'],
    accepted: ['title', 'description'],
  },
  'databases as a list': {
    text: inField('host: h').replace('databases: {a: }', 'databases: §[a]'),
    says: ['"databases"', 'a map of names, not a list'],
  },
  'no database': {
    text: inField('host: h').replace('databases: {a: }', '§databases: {}'),
    says: ['at least one database'],
  },
  'an unknown field of a sub-component': {
    text: inComponent(DB.replace('schemas', '§schema')),
    says: ['"schema" of database "orders"', 'did you mean "schemas"'],
    accepted: ['schemas'],
  },
  'a reference to no component': {
    text: inComponent(
      'w: {type: kubernetes-workload, cluster: §prood, namespace: n, workload: deployment/x}\n  prod: {type: kubernetes, context: c}',
    ),
    says: ['"cluster"', 'kubernetes component', '"prood"', 'did you mean "prod"'],
    accepted: ['prod'],
  },
  'a reference to a component of another type': {
    text: inComponent('w: {type: kubernetes-workload, cluster: §a, namespace: n, workload: deployment/x}'),
    says: ['must name a kubernetes component'],
  },
  'a workload without its kind': {
    text: inComponent(
      'w: {type: kubernetes-workload, cluster: p, namespace: n, workload: §x}\n  p: {type: kubernetes, context: c}',
    ),
    says: ['"workload"', 'deployment/orders-api'],
  },
  'a link from nowhere': {
    text: inLink('{from: §aa, to: db, type: queries}'),
    says: ['from "aa"', 'no such component', 'did you mean "a"'],
    accepted: ['a', 'db'],
  },
  'a link to nowhere': {
    text: inLink('{from: a, to: §d, type: queries}'),
    says: ['to "d"', 'no such component'],
    accepted: ['a', 'db'],
  },
  'a link to a number': {
    text: inLink('{from: a, to: §5, type: queries}'),
    says: ['"to" of a link must be a name', 'a number'],
  },
  'a link without a type': {
    text: inLink('§{from: a, to: db}'),
    says: ['needs the field "type"'],
    accepted: ['queries', 'observes'],
  },
  'a link that is text': { text: inLink('§x'), says: ['a link is a map {from, to, type}'] },
  'links that are a map': { text: `${inComponent(DB)}links: §{from: a}\n`, says: ['"links" must be a list'] },
  'an unknown link type': {
    text: inLink('{from: a, to: db, type: §query}'),
    says: ['"query"', 'postgresql component "db"', 'did you mean "queries"'],
    accepted: ['queries', 'observes'],
  },
  'a link type of another service': {
    text: inLink('{from: a, to: db, type: §caches_in}'),
    says: ['"caches_in"', 'accepted: queries, observes'],
  },
  'an unknown sub-component': {
    text: inLink('{from: a, to: db, type: queries, databases: [§order]}'),
    says: ['no database "order"', 'did you mean "orders"'],
    accepted: ['orders', 'billing'],
  },
  'a wildcard as sub-component': {
    text: inLink('{from: a, to: db, type: queries, databases: [§"*"]}'),
    says: ['no database "*"'],
    accepted: ['orders', 'billing'],
  },
  'a sub-component named twice': {
    text: inLink('{from: a, to: db, type: queries, databases: [orders, §orders]}'),
    says: ['"orders" is there twice'],
  },
  'an empty list of sub-components': {
    text: inLink('{from: a, to: db, type: queries, databases: §[]}'),
    says: ['names nothing'],
  },
  'sub-components as text': {
    text: inLink('{from: a, to: db, type: queries, databases: §orders}'),
    says: ['must be a list of names'],
  },
  'a sub-component that is a number': {
    text: inLink('{from: a, to: db, type: queries, databases: [§5]}'),
    says: ['must be text', 'in quotes'],
  },
  'sub-components of another service': {
    text: inLink('{from: a, to: db, type: queries, §prefixes: [x]}'),
    says: ['"prefixes"', 'link to the postgresql component'],
    accepted: ['from', 'to', 'type', 'access', 'description', 'databases'],
  },
  'a widened list': {
    text: inLink('{from: a, to: db, type: queries, databases: {orders: {schemas: [public, §secret]}}}'),
    says: ['"secret" is not in "schemas"', 'only narrows'],
    accepted: ['public', 'audit'],
  },
  'an override that is no list': {
    text: inLink('{from: a, to: db, type: queries, databases: {orders: {§host: x}}}'),
    says: ['"host"', 'only narrow'],
    accepted: ['schemas'],
  },
  'a list narrowed to nothing': {
    text: inLink('{from: a, to: db, type: queries, databases: {orders: {schemas: §[]}}}'),
    says: ['at least one name'],
  },
  'a narrowing that does not fit the schema': {
    text: inLink('{from: a, to: db, type: queries, databases: {billing: {schemas: §["a b"]}}}'),
    says: ['"schemas"', 'does not fit'],
  },
  'an access that widens': {
    text: inLink('{from: a, to: db, type: queries, access: §write}'),
    says: ['"access"', '"write"', 'access: read'],
    accepted: ['read'],
  },
  'the same link again': {
    text: inLink('{from: a, to: db, type: queries}\n  - §{from: a, to: db, type: queries, access: read}'),
    says: ['"a" -> "db" (queries) is there twice', 'line 6'],
  },
  'a link to itself': { text: inLink('{from: db, to: §db, type: queries}'), says: ['"db" links to itself'] },
  'an unknown field of a link': {
    text: inLink('{from: a, to: db, type: queries, §acess: read}'),
    says: ['"acess"', 'did you mean "access"'],
  },
};

const inTest = (step: string) =>
  inComponent(
    `db: {type: postgresql, host: h, credentials: {user: u, password: {env: P}}, databases: {orders: , billing: }, tests: {t: {steps: [${step}]}}}`,
  );

const BAD_TESTS: Readonly<Record<string, Bad>> = {
  'a smoke test of an operation that the type does not have': {
    text: inTest('{tool: §pg_qery, sub: orders}'),
    says: ['step 1 of test "t" of component "db"', '"pg_qery"', 'no operation of postgresql'],
    accepted: ['pg_query', 'pg_health'],
  },
  'a smoke test that does not say on which part': {
    text: inTest('§{tool: pg_query, args: {sql: select 1}}'),
    says: ['on which part pg_query works', 'orders, billing'],
  },
  'a smoke test of a part that is not there': {
    text: inTest('{tool: pg_query, sub: §sales, args: {sql: select 1}}'),
    says: ['"sales"', 'orders, billing'],
  },
  'a smoke test of the whole that names a part': {
    text: inTest('{tool: pg_health, sub: §orders}'),
    says: ['pg_health works on the component as a whole'],
  },
  'a smoke test with arguments that its operation does not take': {
    text: inTest('{tool: pg_query, sub: orders, args: §{query: select 1}}'),
    says: ['has arguments that pg_query does not take', 'query'],
  },
  'an expectation without a condition': {
    text: inTest('{tool: pg_health, expect: [§{at: rows}]}'),
    says: ['needs a condition'],
  },
  'an expectation with a condition that nobody knows': {
    text: inTest('{tool: pg_health, expect: [{at: rows, equals: 1, §shorter_than: 3}]}'),
    says: ['shorter_than'],
  },
  'smoke tests of an external component': {
    text: inComponent('db: {type: postgresql, is_external: true, stack: x, §tests: {}}'),
    says: ['tested by its own stack'],
  },
};

describe('a bad topology file', () => {
  test.each(Object.entries({ ...BAD, ...BAD_TESTS }))('%s', (_title, { text, says, accepted }) => {
    const offset = text.indexOf('§');
    const before = text.slice(0, offset).split('\n');
    const { problems } = load(text.replace('§', ''));
    const place = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    const there = problems?.filter(({ line, column }) => `${line}:${column}` === place) ?? [];
    const shown = problems?.map(renderProblem).join('\n') ?? 'accepted';
    const found = there.find(({ message }) => says.every((words) => message.includes(words)));
    expect(found, `expected ${JSON.stringify(says)} at ${place}, got:\n${shown}`).toBeDefined();
    expect(found?.file).toBe('t.yaml');
    expect(found?.severity).toBe('error');
    if (accepted) expect(found?.accepted).toEqual(expect.arrayContaining([...accepted]));
  });

  test('tells all of its errors at once, in order', () => {
    const text = `stack: 5
componets: 1
components:
  a: {type: agnt}
  Db: {type: agent, protected: 1}
  c: {type: redis, host: $H, credentials: {password: x}}
links:
  - {from: a, to: cc, type: y}
  - {from: d, to: c, type: cache}
`;
    const places = load(text).problems?.map(({ line, column }) => `${line}:${column}`);
    expect(places).toEqual(['1:8', '2:1', '4:13', '5:3', '5:32', '6:26', '6:54', '8:19', '9:12', '9:28']);
  });

  test('does not blame a link for the error of its component', () => {
    const { problems } = load(
      'stack: s\ncomponents:\n  a: {type: agent}\n  b: {type: nope}\nlinks:\n  - {from: a, to: b, type: calls}\n  - {from: b, to: a, type: calls}\n',
    );
    expect(problems?.map(({ line }) => line)).toEqual([4]);
  });

  test('with thousands of errors lists the first thousand and counts the rest', () => {
    const components = Array.from({ length: 3_000 }, (_, n) => `  c${n}: {type: nope}`).join('\n');
    const { problems } = load(`stack: s\ncomponents:\n${components}\n`);
    expect(problems).toHaveLength(1_001);
    expect(problems?.at(-1)?.message).toBe('2000 more errors are not listed');
  });
});
