import type { Static, TSchema } from 'typebox'

type Scalar = string | number | boolean | Date | Uint8Array | null

/** What a statement may be given; a document goes in as `json(value)`. */
export type Parameter = Scalar | readonly Scalar[]

/** A statement as a template: what stands in `${}` travels as a parameter, never as text. */
export type Template<T> = (strings: TemplateStringsArray, ...values: readonly Parameter[]) => Promise<T>

export type Statements = {
  /** All rows, each checked against `row`. */
  many<T extends TSchema>(row: T): Template<Static<T>[]>
  /** The row, or undefined where there is none; more than one is a fault. */
  maybeOne<T extends TSchema>(row: T): Template<Static<T> | undefined>
  /** The one row; none or several is a fault. */
  one<T extends TSchema>(row: T): Template<Static<T>>
  /** Runs a statement and tells how many rows it touched. */
  execute: Template<number>
}

export type Queries = Statements & {
  /**
   * The same for what runs all day: each connection keeps the plan. For lookups by key alone, for the plan does not know
   * what it is asked for.
   */
  readonly prepared: Statements
}

export type Transaction = Queries & {
  /** Runs `work` once the transaction is committed, and never if it is not. */
  afterCommit(work: () => void): void
}

/** The database. A lone statement is a transaction of its own. */
export type Sql = Queries & {
  /**
   * Runs `work` as one transaction, and runs it again, whole, where the database asks for that. So `work` may act on
   * nothing but the transaction; what must happen outside goes into `afterCommit`.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** The same database through its own few connections, so that jobs never take those that people wait for. */
  readonly background: Sql
  /** Runs a file of statements, with minutes to do so; for migrations. */
  runScript(text: string): Promise<readonly unknown[]>
  ping(): Promise<void>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A document as a parameter for a jsonb column. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}
