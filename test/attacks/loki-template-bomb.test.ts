import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();
const many = (count: number, text: string) => Array.from({ length: count }, () => text).join('');

/** A short query with which Loki would build lines of gigabytes, or never end. */
describe('a template that blows a line up', () => {
  test.for([
    '{app="cart"} | line_format "{{ repeat 1000000000 __line__ }}"',
    '{app="cart"} | line_format `{{ printf "%1000000000d" 1 }}`',
    '{app="cart"} | line_format "{{ __line__ | indent 1000000000 }}"',
    '{app="cart"} | line_format `{{ alignRight 1000000000 .app }}`',
    '{app="cart"} | line_format `{{ .app | replace "" "xxxxxxxxxxxxxxxx" | replace "x" "xxxxxxxxxxxxxxxx" }}`',
    '{app="cart"} | line_format `{{ regexReplaceAll "" __line__ "xxxxxxxxxxxxxxxx" }}`',
    '{app="cart"} | line_format `{{ define "t" }}{{ template "t" }}{{ end }}{{ template "t" }}`',
    '{app="cart"} | line_format "{{ range $i, $e := fromJson __line__ }}{{ . }}{{ end }}"',
    `{app="cart"}${many(9, ' | line_format "{{ __line__ }}{{ __line__ }}"')}`,
    `{app="cart"}${many(9, ' | label_format a="{{ .a }}{{ .a }}"')}`,
    `{app="cart"} | line_format "${many(300, '{{ __line__ }}')}"`,
    `count_over_time({app="cart"}${many(9, ' | line_format "{{.a}}{{.a}}"')} [5m])`,
    '{app="cart"} | label_format a=`{{ repeat 1000000000 .app }}`',
  ])('%s is refused', async (logql) => {
    const error = await attack.refused('loki_query_range', { logql });
    expect(error).toMatchObject({ code: 'query_refused' });
  });

  test('a few templates behind one another are taken', async () => {
    const logql = `{app="cart"}${many(4, ' | line_format "{{ .app }}: {{ __line__ }}"')}`;
    await attack.confined('loki_query_range', { logql });
  });
});
