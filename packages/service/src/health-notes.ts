import type { Kv } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'
import { Health, type ServiceName, Timestamp } from '@secureconnect/protocol'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const everyMs = 5_000
/** A process that did not tell of itself for so long is one that nobody knows of. */
const noteLifeMs = 15_000

const { status, checks } = Health.properties
const HealthNote = Type.Object({ instance: Type.String(), status, checks, seen_at: Timestamp })
export type HealthNote = Static<typeof HealthNote>
const healthNote = Compile(HealthNote)

const instancesKey = (service: string) => `health:${service}`
const noteKey = (service: string, instance: string) => `health:${service}:${instance}`

type Options = { kv: Kv; log: Logger; instance: string; describe: () => Health }

/** Tells the other services how one is that has no database for it: they do not know of it while Redis is away. */
export function startHealthNotes({ kv, log, instance, describe }: Options): AsyncDisposable {
  const write = async () => {
    const { service, status, checks, timestamp: seen_at } = describe()
    const note: HealthNote = { instance, status, checks, seen_at }
    try {
      await kv.set(noteKey(service, instance), JSON.stringify(note), { ttlMs: noteLifeMs })
      await kv.addToSet(instancesKey(service), [instance], { ttlMs: noteLifeMs })
    } catch (error) {
      log.debug({ error }, 'the health note could not be written')
    }
  }
  let writing = write()
  const timer = setInterval(() => {
    writing = write()
  }, everyMs).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await writing
    },
  }
}

function readNote(text: string | undefined): HealthNote | undefined {
  const note: unknown = text === undefined ? undefined : JSON.parse(text)
  return healthNote.Check(note) ? note : undefined
}

/** How the processes of such a service are, as each told within the last 15 seconds. */
export async function listHealthNotes(kv: Kv, service: ServiceName): Promise<HealthNote[]> {
  const instances = await kv.listSet(instancesKey(service))
  const texts = await Promise.all(instances.map((instance) => kv.get(noteKey(service, instance))))
  const gone = instances.filter((_, index) => texts[index] === undefined)
  if (gone.length > 0) await kv.removeFromSet(instancesKey(service), gone)
  return texts.map(readNote).filter((note) => note !== undefined)
}
