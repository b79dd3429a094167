import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

/** The redaction of results knows a token when it sees one; encoded by Loki it would look like nothing. */
describe('having a secret of a line encoded', () => {
  test.for([
    'b64enc',
    'b64dec',
    'urlencode',
    'urldecode',
    'fromJson',
    'html',
    'js',
    'printf "%x"',
    'println',
    'print',
  ])('%s is refused', async (word) => {
    for (const logql of [
      `{app="cart"} | json | line_format \`{{ .token | ${word} }}\``,
      `{app="cart"} | json | label_format token=\`{{ ${word} .token }}\``,
      `sum by (t) (count_over_time({app="cart"} | label_format t=\`{{ ${word} __line__ }}\` [5m]))`,
    ]) {
      expect(await attack.refused('loki_query_range', { logql })).toMatchObject({ code: 'query_refused' });
    }
  });
});
