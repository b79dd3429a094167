import { ERRORS } from '../../src/toolset/errors.ts';
import { code, table } from './markdown.ts';

/** Every error code, with who can mend it. */
export const errorTable = (): string =>
  table(
    ['code', 'meaning', 'who can mend it', 'the same call may succeed later'],
    Object.entries(ERRORS).map(([name, { meaning, mender, retryable }]) => [
      code(name),
      meaning,
      mender,
      retryable ? 'yes' : 'no',
    ]),
  );
