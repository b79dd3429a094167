import { describe, expect, test } from 'vitest';
import { appendAt, type JsonText, removeAt, setAt, valueAt } from '../../src/clients/json-edit.ts';

const lenient = (text: string): JsonText => ({ text, name: 'mcp.json', lenient: true });
const plain = (text: string): JsonText => ({ ...lenient(text), lenient: false });

/** Texts with an object `servers`, in every shape that people leave theirs in. */
const SHAPES: Record<string, string> = {
  'two spaces': '{\n  "servers": {\n    "a": {}\n  }\n}\n',
  tabs: '{\n\t"servers": {\n\t\t"a": {\n\t\t\t"x": 1\n\t\t}\n\t}\n}',
  'four spaces and CRLF': '{\r\n    "servers": {\r\n        "a": {}\r\n    }\r\n}\r\n',
  'a trailing comma': '{\n  "servers": {\n    "a": {},\n  },\n}\n',
  'a comment behind the last': '{\n  "servers": {\n    "a": {} // about a\n  }\n}\n',
  'comments everywhere':
    '// top\n{\n  /* servers */ "servers": {\n    // before a\n    "a": {}, /* about a */ // more\n    // end\n  } // tail\n}\n// bottom',
  'a block comment over lines': '{\n  "servers": {\n    "a": {} /* about\n    a */\n  }\n}\n',
  'an empty object': '{\n  "servers": {}\n}\n',
  'other keys around it': '{\n  "x": [1,2 ,3],\n  "servers": {\n    "a": {"b":1}\n  },\n  "y": null\n}\n',
  'one line': '{"servers": {"a": {"x": 1}}, "y": 2}',
  'no server and one line': '{"servers":{}}',
  'a closing brace on the last line': '{\n  "servers": {\n    "a": 1 }}\n',
};

describe.each(Object.entries(SHAPES))('with %s', (_shape, text) => {
  const put = setAt(lenient(text), ['servers', 'own'], { command: 'node', args: ['a', 'b'] });

  test('a value is added and all else keeps its value', () => {
    const before = valueAt(lenient(text), []) as { servers: object };
    expect(valueAt(put, [])).toEqual({
      ...before,
      servers: { ...before.servers, own: { command: 'node', args: ['a', 'b'] } },
    });
  });

  test('every comment stays on the line that it was on', () => {
    for (const line of text.split(/\r?\n/).filter((one) => /\/[/*]/.test(one)))
      expect(put.text.replaceAll(',', '')).toContain(line.replaceAll(',', ''));
  });

  test('taking it out again gives back the same bytes', () => {
    expect(removeAt(put, ['servers', 'own']).text).toBe(text);
  });

  test('the same value once more changes no byte', () => {
    expect(setAt(put, ['servers', 'own'], { command: 'node', args: ['a', 'b'] }).text).toBe(put.text);
  });

  test('lines keep their ending', () => {
    const endings = new Set(put.text.match(/\r?\n/g));
    expect(endings.size).toBeLessThan(2);
  });
});

test('a new value is indented as the text is', () => {
  expect(setAt(lenient('{\n\t"servers": {\n\t\t"a": {}\n\t}\n}'), ['servers', 'b'], { c: [1] }).text).toBe(
    '{\n\t"servers": {\n\t\t"a": {},\n\t\t"b": {\n\t\t\t"c": [\n\t\t\t\t1\n\t\t\t]\n\t\t}\n\t}\n}',
  );
});

test('objects on the way are made', () => {
  expect(valueAt(setAt(lenient('{\n}\n'), ['a', 'b', 'c'], 1), [])).toEqual({ a: { b: { c: 1 } } });
});

test('the first of several is taken out with its comma', () => {
  expect(removeAt(lenient('{\n  "a": 1, // one\n  "b": 2\n}'), ['a']).text).toBe('{ // one\n  "b": 2\n}');
});

test('an element is added to an array and taken out of it', () => {
  const text = '{\n  "inputs": [\n    {"id": "x"}\n  ]\n}';
  const put = appendAt(lenient(text), ['inputs'], { id: 'y' });
  expect(valueAt(put, ['inputs'])).toEqual([{ id: 'x' }, { id: 'y' }]);
  expect(removeAt(put, ['inputs', 1]).text).toBe(text);
});

test.each([
  ['a comment', '{\n  "a": 1 // no\n}', /mcp\.json:2:10: InvalidCommentToken/],
  ['a trailing comma', '{\n  "a": 1,\n}', /mcp\.json:3:1: PropertyNameExpected/],
])('plain JSON takes no %s, and says where it is', (_what, text, message) => {
  expect(() => valueAt(plain(text), [])).toThrow(message);
  expect(() => valueAt(lenient(text), [])).not.toThrow();
});

test.each([
  ['cut off', '{"servers": {', /mcp\.json:1:14: CloseBraceExpected/],
  ['no JSON', 'servers: {}', /mcp\.json:1:1: InvalidSymbol/],
  ['a list', '[]', /mcp\.json:1:1: an object/],
  ['a second value', '{}\n{}', /mcp\.json:2:1: EndOfFileExpected/],
  ['a key twice', '{"servers": {}, "x": {"a": 1, "a": 2}}', /mcp\.json:1:31: the key "a" stands twice/],
])('a text that is %s is refused with its place', (_what, text, message) => {
  expect(() => setAt(lenient(text), ['servers', 'own'], 1)).toThrow(message);
});

test('a key on the way that is no object is refused', () => {
  expect(() => setAt(lenient('{"servers": []}'), ['servers', 'own'], 1)).toThrow(
    /mcp\.json:1:13: servers is no object/,
  );
});
