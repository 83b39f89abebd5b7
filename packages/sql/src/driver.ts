import type { Parameter } from './sql.ts'
import type { Statement } from './statement.ts'

export type Result = { rows: readonly unknown[]; count: number }

/** One connection, held by one user at a time. */
export type Session = {
  query(statement: Statement, values: readonly Parameter[], timeoutMs: number): Promise<Result>
  /** Gives the connection back, or ends it where it is of no further use. */
  release(outcome: { isLost: boolean }): void
}

/** What an adapter has to offer; everything else about `Sql` is the same for all of them. */
export type Driver = {
  /** The name of the system, as spans carry it. */
  readonly system: 'postgresql' | 'cockroachdb' | 'pglite'
  acquire(): Promise<Session>
  runScript(text: string): Promise<readonly unknown[]>
  close(): Promise<void>
}
