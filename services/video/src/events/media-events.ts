import type { Observers } from './observers.ts'

export type MediaEvents = ReturnType<typeof createMediaEvents>

type Worker = { index: number; pid: number; port: number | undefined }

/** What happens to the workers that media go through, and to the rooms on them. */
export function createMediaEvents({ log, metrics, tell }: Observers) {
  return {
    workerPreparing(progress: string) {
      log.info({ dependency: 'media' }, `media worker: ${progress}`)
      tell?.(`Media worker: ${progress}`)
    },

    workerPrepared(path: string) {
      log.info({ dependency: 'media', path }, 'media worker is there')
    },

    /** Everything but calls goes on. */
    workerMissing(error: Error) {
      log.error({ dependency: 'media', error }, 'calls cannot be served')
      tell?.(error.message)
    },

    workerStarted({ index, pid, port }: Worker) {
      log.info({ worker: index, pid, port }, 'media worker started')
    },

    workerDied({ index, pid }: Worker, error: Error) {
      metrics.mediaWorkerDeaths.inc()
      log.error({ worker: index, pid, error }, 'media worker died')
    },

    workerFailed(error: unknown) {
      log.error({ error }, 'media worker could not be started')
    },

    workerUsed(index: number, cpuRatio: number) {
      metrics.mediaWorkerCpu.set({ worker: String(index) }, cpuRatio)
    },

    packetsSent(packets: number) {
      metrics.mediaPacketsOut.inc(packets)
    },

    packetsLost(ratio: number) {
      metrics.mediaPacketLoss.set(ratio)
    },

    /** How well media went one way for somebody, in the last few seconds. */
    qualityMeasured(direction: 'up' | 'down', score: number) {
      metrics.mediaQualityScore.observe({ direction }, score)
    },

    mediaConnected(afterMs: number) {
      metrics.mediaJoinDuration.observe(afterMs / 1_000)
    },

    roomReset(callId: string, { people, tookMs }: { people: number; tookMs: number }) {
      log.warn({ call_id: callId, people, took_ms: tookMs }, 'a room lives on another media worker')
    },

    roomMoved(callId: string, { node, people }: { node: string; people: number }) {
      log.info({ call_id: callId, node, people }, 'a room goes on at another node')
    },

    /** No other node takes the calls of a process that is to stop. */
    roomsWaitedFor({ calls, people, leftMs }: { calls: number; people: number; leftMs: number }) {
      log.info({ calls, people, left_ms: leftMs }, 'waiting for calls to end, or for another node to take them')
    },

    roomsAbandoned(calls: number) {
      log.warn({ calls }, 'calls are interrupted: they did not end in time and no other node took them')
    },

    roomFailed(callId: string, error: unknown) {
      log.error({ call_id: callId, error }, 'a room could not go on')
    },

    /** What went wrong for one participant only. */
    streamFailed(callId: string, error: unknown) {
      log.warn({ call_id: callId, error }, 'a stream could not be offered')
    },
  }
}
