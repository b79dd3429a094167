/** One step from a schema to the next. A step that was released is never changed. */
export interface Migration {
  /** From 1, without a gap. */
  readonly number: number;
  readonly name: string;
  /** Statements, run in one transaction with the schema as search path. */
  readonly sql: string;
  /**
   * The lowest number that a release may know and still work on a schema that has this step: during a rollout two
   * releases run side by side. A step that only adds tables, or columns with a default, leaves it where it was.
   */
  readonly worksFrom: number;
}
