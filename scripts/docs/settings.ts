import { ALL, SETTINGS } from '../../src/cli/settings.ts';
import { code, table } from './markdown.ts';

/** Every variable of Stackward's own, with who reads it. */
export const settingsTable = (): string =>
  table(
    ['variable', 'meaning', 'option', 'otherwise', 'read by'],
    SETTINGS.map(({ name, meaning, option, otherwise, readBy }) => [
      code(name),
      meaning,
      option === undefined ? '' : code(option),
      otherwise,
      readBy.map((one) => (one === ALL ? 'every command on a stack' : one)).join(', '),
    ]),
  );
