import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ServiceName, serviceNames } from '@secureconnect/protocol'
import type { Database } from '@secureconnect/test/stack'
import type { Usage } from '../shared/child.ts'
import { Measured } from '../shared/measured.ts'
import { createServiceEnv, type Env, migrateDatabase } from '../shared/service-env.ts'

export const together = 'all five in one process'

/** What each process holds in memory while nobody asks anything of it. */
export type IdleMemory = ReadonlyMap<ServiceName | typeof together, Usage>

export type IdleMemoryOptions = { database: Database; redisEnv: Env; settleMs: number }

/** Starts every service, and then all of them in one process, and looks when they have settled. */
export async function measureIdleMemory({ database, redisEnv, settleMs }: IdleMemoryOptions): Promise<IdleMemory> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  stack.defer(() => rmSync(folder, { recursive: true }))
  const env = createServiceEnv(database, redisEnv)
  await migrateDatabase(env)
  const startService = (name: ServiceName) =>
    Measured.start('service.ts', { args: [name.replace('-service', '')], env })
  // Once to compile its sources, where the compiled ones are kept, as an image does when it is built.
  for (const name of serviceNames) await (await startService(name))[Symbol.asyncDispose]()
  const running = new Map<ServiceName | typeof together, Measured>()
  for (const name of serviceNames) running.set(name, stack.use(await startService(name)))
  running.set(together, stack.use(await Measured.start('../gateway/embedded.ts', { args: [folder] })))
  await delay(settleMs)
  return new Map(await Promise.all([...running].map(async ([name, process]) => [name, await process.usage()] as const)))
}
