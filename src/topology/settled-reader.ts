import { readText } from './load.ts';

/** What a look at the file gave: its text, or why there is none. */
export type Reading = Awaited<ReturnType<typeof readText>>;

export interface SettledReader {
  /** Says that the file may have changed. Cheap; call it as often as you like. */
  look(): void;
  close(): void;
}

interface Options {
  readonly path: string;
  readonly settleMs: number;
  /** Text that need not be told. */
  readonly known?: string;
  /** Awaited, so that what is told is told in the order in which it was read. Must not throw. */
  tell(reading: Reading): void | Promise<void>;
}

const identity = (reading: Reading): string =>
  'text' in reading ? `text ${reading.text}` : `problem ${reading.problem.message}`;

/**
 * Reads a file until two readings, `settleMs` apart, agree, and tells what is not the same as told last.
 * Half-written files and the moment between an unlink and a rename are passed over.
 */
export function openSettledReader({ path, settleMs, known, tell }: Options): SettledReader {
  let told = known === undefined ? undefined : `text ${known}`;
  let timer: NodeJS.Timeout | undefined;
  let isReading = false;
  let isStale = false;
  let isClosed = false;
  let before: string | undefined;

  const again = () => {
    if (!isClosed) timer = setTimeout(() => void read(), settleMs);
  };
  const read = async () => {
    timer = undefined;
    isReading = true;
    isStale = false;
    const reading = await readText(path);
    isReading = false;
    if (isClosed) return;
    const now = identity(reading);
    if (now === told) {
      before = undefined;
      if (isStale) again();
    } else if (now !== before) {
      before = now;
      again();
    } else {
      before = undefined;
      told = now;
      isReading = true;
      await tell(reading);
      isReading = false;
      if (isStale) again();
    }
  };
  return {
    look() {
      if (isReading) isStale = true;
      else if (!isClosed && timer === undefined) void read();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
