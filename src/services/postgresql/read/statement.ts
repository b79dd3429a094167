import type { Connection, Submittable } from 'pg';
import { ToolError } from '../../../toolset/errors.ts';
import { CLEANING, packetOf } from './packet.ts';

/** One statement and the bounds under which it runs. */
export interface Governed {
  readonly sql: string;
  readonly params: readonly (string | null)[];
  /** Searched after pg_catalog. */
  readonly schemas: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly timeoutMs: number;
}

export interface RawField {
  readonly name: string;
  readonly dataTypeID: number;
}

export interface RawRows {
  readonly fields: readonly RawField[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly truncated: boolean;
  /** The transaction was rolled back and the session forgot everything: the connection can be used again. */
  readonly isClean: boolean;
}

/** What the server says that a statement was. Any other may have ended its transaction before our ROLLBACK did. */
const READ_TAG = /^(SELECT \d+|SHOW|EXPLAIN)$/;
/** No command tag; the portal stopped at its limit of rows, and the ROLLBACK closed it. */
const SUSPENDED = 'suspended';

/**
 * One governed read as the driver's queue takes it: BEGIN, the settings (whose SELECT takes the snapshot), the
 * statement and the cleaning go out in one packet of the extended protocol. A failing message makes the server skip
 * all after it, so the statement never runs outside of its transaction, and a failed one leaves the cleaning to be
 * done; and the extended protocol takes one statement only.
 *
 * The portal gives one row more than asked, to tell whether there were more. Bytes are counted on the socket, before
 * a message is complete: a single value of a gigabyte is never gathered.
 */
export class GovernedRead implements Submittable {
  readonly answer: Promise<RawRows>;
  readonly #statement: Governed;
  #settle: { resolve: (rows: RawRows) => void; reject: (error: unknown) => void };
  #connection: Connection | undefined;
  #fields: readonly RawField[] = [];
  #rows: (readonly (string | null)[])[] = [];
  /** BEGIN and the settings complete first; their messages are not the statement's. */
  #ahead = 2;
  /** How the statement ended: by its command tag, or suspended with rows left. Undefined until it did. */
  #ended: string | undefined;
  readonly #cleaned: string[] = [];
  #received = 0;

  constructor(statement: Governed) {
    this.#statement = statement;
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.stream.on('data', this.#count);
    connection.stream.write(packetOf(this.#statement));
  }

  /** Gives up; the connection must be destroyed. */
  abandon(error: ToolError): void {
    this.#end();
    this.#settle.reject(error);
  }

  handleRowDescription(message: { fields: readonly RawField[] }): void {
    this.#fields = message.fields;
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    if (this.#ahead === 0) this.#rows.push(message.fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    if (this.#ahead > 0) this.#ahead -= 1;
    else if (this.#ended === undefined) this.#ended = text;
    else this.#cleaned.push(text);
  }

  handlePortalSuspended(): void {
    this.#ended = SUSPENDED;
  }

  handleEmptyQuery(): void {
    this.#ended = '';
  }

  handleReadyForQuery(): void {
    this.#end();
    this.#resolve(this.#rows.length > this.#statement.rows, this.#isClean());
  }

  handleError(error: unknown): void {
    this.#end();
    // The statement itself was answered in full; only the cleaning failed.
    if (this.#ended !== undefined) this.#resolve(this.#rows.length > this.#statement.rows, false);
    else this.#settle.reject(error);
  }

  readonly #count = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#received <= this.#statement.bytes) return;
    this.#end();
    if (this.#rows.length > 0) this.#resolve(true, false);
    else
      this.#settle.reject(
        new ToolError(
          'result_too_large',
          `One row is larger than the ${this.#statement.bytes} bytes that a result may have; select fewer columns, or a part such as left(column, 1000).`,
        ),
      );
  };

  /** Whether the statement only read, so that it was our ROLLBACK that ended its transaction, and all was forgotten. */
  #isClean(): boolean {
    const onlyRead = this.#ended === SUSPENDED || READ_TAG.test(this.#ended ?? '');
    return onlyRead && this.#cleaned.join() === CLEANING.join();
  }

  #resolve(truncated: boolean, isClean: boolean): void {
    const rows = this.#rows.slice(0, this.#statement.rows);
    this.#settle.resolve({ fields: this.#fields, rows, truncated, isClean });
  }

  #end(): void {
    this.#connection?.stream.off('data', this.#count);
  }
}
