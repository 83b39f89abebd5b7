import type { Static, TSchema } from 'typebox'
import type { Result } from './driver.ts'
import { checkRows } from './row.ts'
import type { Parameter, Queries, Statements } from './sql.ts'
import { type Statement, toPrepared, toStatement } from './statement.ts'

export type Run = (statement: Statement, values: readonly Parameter[]) => Promise<Result>

/** All that can be asked, on top of one way to run a statement. */
export function createQueries(run: Run): Queries {
  return { ...createStatements(run, toStatement), prepared: createStatements(run, toPrepared) }
}

function createStatements(run: Run, toStatement: (strings: TemplateStringsArray) => Statement): Statements {
  async function load<T extends TSchema>(
    row: T,
    strings: TemplateStringsArray,
    values: readonly Parameter[],
  ): Promise<Static<T>[]> {
    const statement = toStatement(strings)
    const { rows } = await run(statement, values)
    return checkRows(row, rows, statement.table)
  }

  return {
    many:
      (row) =>
      (strings, ...values) =>
        load(row, strings, values),

    maybeOne:
      (row) =>
      async (strings, ...values) => {
        const rows = await load(row, strings, values)
        if (rows.length > 1) throw new Error(`${rows.length} rows of ${toStatement(strings).table}, where one is meant`)
        return rows[0]
      },

    one:
      (row) =>
      async (strings, ...values) => {
        const [first, ...others] = await load(row, strings, values)
        if (first === undefined || others.length > 0) {
          const count = first === undefined ? 'No row' : `${others.length + 1} rows`
          throw new Error(`${count} of ${toStatement(strings).table}, where one is meant`)
        }
        return first
      },

    execute: async (strings, ...values) => (await run(toStatement(strings), values)).count,
  }
}
