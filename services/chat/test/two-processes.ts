import { setTimeout as delay } from 'node:timers/promises'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { isLost, prepareProcesses } from './chat-process.ts'
import { onServers, shareInSuite, startChatOn } from './test-chat.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** Two processes of chat-service on one database that can be killed, and a third one that lives, for looking at it. */
async function startTwoProcesses(t: Cleanup) {
  const database = await createMigratedDatabase(t)
  const chat = await startChatOn(t, await onServers(database))
  const start = await prepareProcesses(t, database)
  const processes = await Promise.all([start(), start()])

  /** Asks one of the two, and the other one where the answer is lost or it has too much to do, until there is an answer. */
  const ask = async <T extends { status: number }>(first: number, request: (at: { address: string }) => Promise<T>) => {
    for (let attempt = first; ; attempt++) {
      try {
        const answer = await request({ address: processes[attempt % 2]?.address ?? '' })
        if (answer.status !== 503) return answer
        await delay(200)
      } catch (error) {
        if (!isLost(error)) throw error
      }
    }
  }
  /** Kills one of the two and starts another in its place. */
  const kill = async (which: number) => {
    processes[which]?.child.kill('SIGKILL')
    processes[which] = await start()
  }
  return { chat, ask, kill }
}

/** The same for all tests of a suite, which may kill them as they like. */
export function shareTwoProcesses() {
  return shareInSuite(startTwoProcesses)
}
