import { createQueries, type Run } from './queries.ts'
import type { Transaction } from './sql.ts'
import { describeStatement } from './statement.ts'

const begin = describeStatement('begin')
const commit = describeStatement('commit')
const rollback = describeStatement('rollback')

export type Committed<T> = { result: T; hooks: readonly (() => void)[] }

/** Runs `work` between begin and commit; the hooks are what it wants done now that it is committed. */
export async function runTransaction<T>(run: Run, work: (tx: Transaction) => Promise<T>): Promise<Committed<T>> {
  const hooks: (() => void)[] = []
  let isOver = false
  let failure: { error: unknown } | undefined

  const runInside: Run = async (statement, values) => {
    if (isOver) throw new Error('A transaction was used after its end: a promise inside it was not awaited')
    try {
      return await run(statement, values)
    } catch (error) {
      failure ??= { error }
      throw error
    }
  }

  await run(begin, [])
  try {
    const result = await work({ ...createQueries(runInside), afterCommit: (hook) => void hooks.push(hook) })
    // The server would answer a commit after a failed statement with success, and keep nothing.
    if (failure) throw failure.error
    isOver = true
    await run(commit, [])
    return { result, hooks }
  } catch (error) {
    isOver = true
    // On a lost connection this fails too, with the error that makes the session end.
    await run(rollback, [])
    throw error
  }
}
