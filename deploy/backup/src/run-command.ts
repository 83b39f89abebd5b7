import { parseArgs } from 'node:util'
import type { Logger } from '@secureconnect/logging'
import type { Config } from './config.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { findSet, listSets } from './sets/manifest.ts'
import { type Shelf, type Stage, withShelf, withStage } from './stage.ts'
import { drill } from './tasks/drill.ts'
import { assertEmpty, restoreSet } from './tasks/restore-set.ts'
import { bytesOf, rowsOf, takeBackup } from './tasks/take-backup.ts'
import { verifySet } from './tasks/verify-set.ts'
import { tellBackup, tellDrill, tellVerified } from './write-metrics.ts'

type Said = { set: string | undefined; mayReplace: boolean }

/** What a command found, in a sentence and as data. */
type Result = { sentence: string; data: unknown }

/** These look at what was kept, and need none of the system's stores. */
const ofShelf: Readonly<Record<string, (shelf: Shelf, said: Said) => Promise<Result>>> = {
  async verify(shelf, { set }) {
    const manifest = await findSet(shelf.vault, set)
    await verifySet(shelf, manifest)
    await tellVerified(shelf.config.metricsFolder)
    return { sentence: `Every byte of ${manifest.set} is as it was kept.`, data: { set: manifest.set } }
  },

  async list({ vault }) {
    const sets = await listSets(vault)
    const lines = sets.map(({ set, revision, stores, objects }) => {
      const mib = Math.ceil(
        (Object.values(stores).reduce((sum, facts) => sum + bytesOf(facts), 0) + objects.bytes) / 2 ** 20,
      )
      return `${set}  ${String(rowsOf(stores.sql)).padStart(10)} rows  ${String(objects.count).padStart(8)} files  ${mib} MiB  ${revision}`
    })
    return { sentence: lines.length > 0 ? lines.join('\n') : 'There is no backup yet.', data: sets }
  },
}

const ofStage: Readonly<Record<string, (stage: Stage, said: Said) => Promise<Result>>> = {
  async take(stage) {
    const manifest = await takeBackup(stage)
    await tellBackup(stage.config.metricsFolder, manifest)
    return { sentence: `The set ${manifest.set} is whole.`, data: manifest }
  },

  async drill(stage, { set }) {
    const drilled = await drill(stage, await findSet(stage.vault, set))
    await tellDrill(stage.config.metricsFolder, drilled)
    await tellVerified(stage.config.metricsFolder)
    const { rows, messages, objects, seconds } = drilled
    const counts = `${rows} rows, ${messages} of the archive, ${objects} files`
    return { sentence: `${drilled.set} can be restored: ${counts}, in ${seconds.toFixed(1)} s (RTO).`, data: drilled }
  },

  async admit(stage, { set, mayReplace }) {
    const manifest = await findSet(stage.vault, set)
    if (!mayReplace) await assertEmpty(stage)
    return {
      sentence: `${manifest.set} of ${manifest.startedAt} can take its place here.`,
      data: { set: manifest.set },
    }
  },

  async restore(stage, { set, mayReplace }) {
    const manifest = await findSet(stage.vault, set)
    await restoreSet(stage, manifest, { mayReplace })
    return { sentence: `${manifest.set} of ${manifest.startedAt} is back.`, data: { set: manifest.set } }
  },
}

/** Does the work of a command between the stores that it needs; undefined where there is no such command. */
function findWork(name: string, config: Config, options: Pick<Io, 'log' | 'tell'>) {
  const [look, act] = [ofShelf[name], ofStage[name]]
  if (look) return (said: Said) => withShelf(config, options, (shelf) => look(shelf, said))
  return act && ((said: Said) => withStage(config, options, (stage) => act(stage, said)))
}

export type Io = { log: Logger; print: (line: string) => void; tell: (line: string) => void }

/** Runs `take`, `verify [SET]`, `list`, `drill [SET]`, or with `[SET] [--replace]` `restore`, and before it `admit`. */
export async function runCommand(config: Config, args: readonly string[], { log, print, tell }: Io): Promise<void> {
  const options = { replace: { type: 'boolean' }, json: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [name = '', set] = positionals
  const work = findWork(name, config, { log, tell })
  if (!work) throw new Error(`there is no command ${name}`)
  const said = { set, mayReplace: values.replace === true }
  const { sentence, data } = await oneAtATime(() => work(said), {
    onWait: () => tell('Another backup, drill or restore is under way: waiting for its end …'),
  })
  print(values.json === true ? JSON.stringify(data, null, 2) : sentence)
}
