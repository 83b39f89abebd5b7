// storage-service as a process of its own that is killed, as by the kernel, at the step which its argument names: before or after
// one of its calls to the store or one of its transactions.
import { createServerPlatform, run } from '@secureconnect/service'
import type { Sql } from '@secureconnect/sql'
import { buildApp, createContext, loadConfig } from '../src/index.ts'

const dieAt = Number(process.argv[2])
let steps = 0

function step(): void {
  steps += 1
  if (steps === dieAt) process.kill(process.pid, 'SIGKILL')
}

function mortal<A extends unknown[], R>(work: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    step()
    const result = await work(...args)
    step()
    return result
  }
}

function mortalSql(sql: Sql): Sql {
  const transaction: Sql['transaction'] = (work) => mortal(() => sql.transaction(work))()
  return { ...sql, transaction }
}

await run(async () => {
  const config = loadConfig()
  const context = await createContext(config, createServerPlatform(config))
  const { blobs, sql } = context
  const { signUpload, beginParts, signPart, finishParts, abortParts, copy, stat, read, write, remove } = blobs
  return buildApp({
    ...context,
    sql: { ...mortalSql(sql), background: mortalSql(sql.background) },
    blobs: {
      ...blobs,
      signUpload: mortal(signUpload),
      beginParts: mortal(beginParts),
      signPart: mortal(signPart),
      finishParts: mortal(finishParts),
      abortParts: mortal(abortParts),
      copy: mortal(copy),
      stat: mortal(stat),
      read: mortal(read),
      write: mortal(write),
      remove: mortal(remove),
    },
  })
})
