import { outcomeOf } from '../../src/call/answer.ts';
import { ERRORS, type ErrorCode } from '../../src/toolset/errors.ts';
import { code, table } from './markdown.ts';

/** Every error code, with who can mend it and how the audit counts it. */
export const errorTable = (): string =>
  table(
    ['code', 'meaning', 'who can mend it', 'outcome in the audit', 'the same call may succeed later'],
    (Object.keys(ERRORS) as ErrorCode[]).map((name) => {
      const { meaning, mender, retryable } = ERRORS[name];
      return [code(name), meaning, mender, code(outcomeOf(name)), retryable ? 'yes' : 'no'];
    }),
  );
