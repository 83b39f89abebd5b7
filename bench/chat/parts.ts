import { writeReport } from '../shared/report.ts'
import { describeVerdicts, type Verdict } from '../shared/verdicts.ts'
import type { World } from './world.ts'

type StartedChat = Awaited<ReturnType<World['startChat']>>

/** Measures a part of a benchmark in a process of its own, so that none inherits another's heap. */
export type Measure = <T>(part: string, work: (chat: StartedChat) => Promise<T>) => Promise<T>

export function createMeasure(name: string, world: World): Measure {
  return async (part, work) => {
    console.log(`${name}: ${part} …`)
    await using chat = await world.startChat()
    return await work(chat)
  }
}

type Results = {
  name: string
  busyBefore: number
  isQuick: boolean
  verdicts: readonly Verdict[]
  tables: readonly string[]
}

/** Shows what was found, writes it down unless it was a short run, and ends with 1 where a goal was missed. */
export function tellResults({ name, busyBefore, isQuick, verdicts, tables }: Results): void {
  const body = [...describeVerdicts(verdicts), '', ...tables]
  console.log(['', ...body].join('\n'))
  const conditions = [
    'chat-service as it is shipped, in one process on a core of its own; Postgres (without fsync), Redis and the load share the other one.',
  ]
  if (!isQuick) writeReport({ name, busyBefore, conditions, body })
  process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1
}
