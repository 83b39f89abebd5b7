import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@secureconnect/logging'
import type { Config } from './config.ts'
import { describeFault } from './describe-fault.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { findSet, listSets } from './sets/manifest.ts'
import { type Stage, withStage } from './stage.ts'
import { drill } from './tasks/drill.ts'
import { takeBackup } from './tasks/take-backup.ts'
import { tellBackup, tellDrill, tellVerified } from './write-metrics.ts'

const lookEveryMs = 30_000
/** The rest of the system is given time to start, and to come back after a failure. */
const pauseMs = 300_000
const hourMs = 3_600_000

function beat(pulseFile: string): void {
  const now = new Date()
  try {
    utimesSync(pulseFile, now, now)
  } catch {
    writeFileSync(pulseFile, '')
  }
}

/** Whether a set is due, and after it a drill: both are told by what there is, so a restart forgets nothing. */
async function whatIsDue({ vault, config }: Stage): Promise<{ backup: boolean; drill: boolean }> {
  const [newest] = await listSets(vault)
  const takenAt = newest ? Date.parse(newest.startedAt) : 0
  const drilledAt = statSync(join(config.metricsFolder, 'backup-drill.prom'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return {
    backup: Date.now() - takenAt >= config.backupEveryHours * hourMs,
    drill: Date.now() - drilledAt >= config.backupDrillEveryDays * 24 * hourMs,
  }
}

async function doWhatIsDue(stage: Stage, log: Logger): Promise<void> {
  const { config, vault } = stage
  const due = await whatIsDue(stage)
  if (due.backup) {
    const manifest = await takeBackup(stage)
    await tellBackup(config.metricsFolder, manifest)
    log.info({ set: manifest.set, objects: manifest.objects }, 'a backup was taken')
  }
  if (due.drill) {
    const drilled = await drill(stage, await findSet(vault))
    await tellDrill(config.metricsFolder, drilled)
    await tellVerified(config.metricsFolder)
    log.info(drilled, 'a backup was restored beside the system, and is as it was')
  }
}

/** Takes backups for as long as the process lives; one that fails is told, and tried again. */
export async function serve(config: Config, { log, signal }: { log: Logger; signal: AbortSignal }): Promise<void> {
  const onCall = () => beat(config.pulseFile)
  const tell = (line: string) => log.info(line)
  for (let nextAt = Date.now() + pauseMs; ; ) {
    beat(config.pulseFile)
    if (Date.now() >= nextAt) {
      nextAt = Date.now() + pauseMs
      const work = () => withStage(config, { log, tell, onCall }, (stage) => doWhatIsDue(stage, log))
      await oneAtATime(work).catch((error: unknown) => log.error({ error }, describeFault(error)))
    }
    await delay(lookEveryMs, undefined, { signal })
  }
}
