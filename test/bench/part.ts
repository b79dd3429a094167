import type { Lab } from './lab.ts';

/** What a part of the bench works with. */
export interface Bench {
  /** Prints a line of results. */
  say(line: string): void;
  /** Shows how far it is, where somebody looks; the next line takes its place. */
  progress(text: string): void;
  /** The database and the two servers on it, opened once for all parts that ask. */
  lab(): Promise<Lab>;
}

/** Something that can be measured by itself. */
export interface Part {
  readonly name: string;
  /** What it measures, as its headline and in `--help`. */
  readonly title: string;
  /** Measures, says what came out, and gives the figures by the names that they have in the JSON. */
  run(bench: Bench): Promise<Readonly<Record<string, unknown>>>;
}
