import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A name that is nowhere in the file system; the kernel takes it back however its holder ends. */
const usualName = '\0secureconnect-backup'
const lookEveryMs = 1_000

async function take(name: string): Promise<AsyncDisposable | undefined> {
  const server = createServer().listen(name)
  try {
    await once(server, 'listening')
  } catch {
    return undefined
  }
  return {
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Does some work while nobody else in this container does any of its kind; whoever comes second waits. */
export async function oneAtATime<T>(
  work: () => Promise<T>,
  { onWait = () => {}, name = usualName }: { onWait?: () => void; name?: string } = {},
): Promise<T> {
  let lock = await take(name)
  if (!lock) onWait()
  while (!lock) {
    await delay(lookEveryMs)
    lock = await take(name)
  }
  await using _ = lock
  return await work()
}
