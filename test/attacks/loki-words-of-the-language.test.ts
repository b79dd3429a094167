import { describe, test } from 'vitest';
import { RESERVED } from '../../src/services/loki/logql/vocabulary.ts';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();
const WORDS = [...RESERVED];

/** A name that Loki's lexer takes for a word of its own would be read there otherwise than here. */
describe('a word of LogQL as a label', () => {
  test.for([...WORDS, 'BY', 'Without', 'VARIANTS', 'oF'])('%s is refused', async (word) => {
    for (const logql of [
      `{${word}="x"}`,
      `{app="cart"} | ${word}="x"`,
      `{app="cart"} | ${word} > 5`,
      `{app="cart"} | label_format ${word}=app`,
      `{app="cart"} | drop app, ${word}`,
      `{app="cart"} | keep ${word}`,
      `sum by (${word}) (rate({app="cart"}[5m]))`,
      `sum_over_time({app="cart"} | unwrap ${word} [5m])`,
      `rate({app="cart"}[5m]) * on (${word}) rate({app="cart"}[5m])`,
    ]) {
      await attack.refused('loki_query_range', { logql });
    }
  });

  test.for(['sum', 'rate', 'bytes', 'duration', 'count', 'ip', 'sort', 'Topk'])(
    'the function name %s stays a label where no parenthesis follows',
    async (name) => {
      await attack.confined('loki_query_range', {
        logql: `{${name}!="x"} | ${name}!="y" | (${name} != "z")`,
      });
      await attack.confined('loki_query', {
        logql: `sum by (${name}) (max_over_time({app="cart"} | logfmt | unwrap ${name} | __error__="" [1h]))`,
      });
    },
  );
});
