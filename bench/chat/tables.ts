import { type Answered, percentile } from '../shared/offer.ts'
import type { Verdict } from '../shared/verdicts.ts'
import { type Archiving, archivedBeside } from './archive.ts'
import type { FanOuts } from './fan-out.ts'
import { type History, readersAtOnce, readsPerSecond } from './history.ts'
import { type Idle, idleSockets } from './idle.ts'
import { offeredPerSecond, type Sends } from './sends.ts'
import { clients, type Storm } from './storm.ts'

export type Found = { sends: Sends; fanOuts: FanOuts; archiving: Archiving; history: History; storm: Storm; idle: Idle }

/** Synapse 1.163 on Postgres and Centrifugo, on two cores: figures of an earlier run, not of this one. */
const peers = { synapseSends: 96, centrifugoBatched: 3.2, centrifugoSocketKb: 40 } as const

const goals = {
  sendP50Ms: 10,
  sendP99Ms: 50,
  sendsPerSecond: 2_000,
  deliveriesPerSecond: 100_000,
  batchedCpuUs: 3.2,
  singleOfFloor: 1.2,
  socketKb: 15,
  idleShare: 0.05,
  archivedPerSecond: 2_000,
  lagSeconds: 2,
  pageP99Ms: 30,
  pageQueries: 5,
  stormSeconds: 30,
} as const

const ms = (value: number) => value.toFixed(1)
const count = (value: number) => Math.round(value).toLocaleString('en')
const percent = (value: number) => `${(value * 100).toFixed(1)} %`

function failedOf(answered: readonly Answered[], status: number): number {
  return answered.filter((one) => one.status !== status).length
}

function describePaced(name: string, answered: readonly Answered[]): string {
  const [p50, p99] = [percentile(answered, 0.5), percentile(answered, 0.99)]
  return `| ${name} | ${ms(p50)} | ${ms(p99)} | ${failedOf(answered, 201)} |`
}

function fanOutOf(fanOuts: FanOuts, name: string, batch: 1 | 10) {
  return fanOuts.get(name)?.get(batch) ?? { perSecond: Number.NaN, cpuUsEach: Number.NaN }
}

export function describeFound({ sends, fanOuts, archiving, history, storm, idle }: Found): string[] {
  const { perSecond, cpuUsEach, p99Ms, failed } = sends.saturated
  const rows = [...fanOuts.keys()].flatMap((name) =>
    ([10, 1] as const).map((batch) => {
      const own = fanOutOf(fanOuts, name, batch)
      const floor = fanOutOf(fanOuts, 'bare ws', batch)
      const ratio = (own.cpuUsEach / floor.cpuUsEach).toFixed(2)
      return `| ${name}, ${batch} at once | ${count(own.perSecond)} | ${own.cpuUsEach.toFixed(1)} | ${ratio} |`
    }),
  )
  return [
    `| send to answer, ${offeredPerSecond}/s offered over REST | p50 ms | p99 ms | failed |`,
    '|---|---:|---:|---:|',
    ...[...sends.paced].map(([name, answered]) => describePaced(name, answered)),
    '',
    '| as many sends as go through | per second | CPU us each | p99 ms | failed |',
    '|---|---:|---:|---:|---:|',
    `| bare inserts, 100 rows a statement (floor) | ${count(sends.barePerSecond)} | | | |`,
    `| chat-service, 200 in flight | ${count(perSecond)} | ${count(cpuUsEach)} | ${ms(p99Ms)} | ${failed} |`,
    `| Synapse 1.163 (peer, an earlier run) | ${peers.synapseSends} | | | |`,
    '',
    '| deliveries to 1,000 sockets | per second | CPU us each | of the floor |',
    '|---|---:|---:|---:|',
    ...rows,
    `| Centrifugo, 10 at once (peer, an earlier run) | 186,000 | ${peers.centrifugoBatched} | |`,
    '',
    '| others | |',
    '|---|---:|',
    `| events to Cassandra, of a backlog | ${count(archiving.perSecond)} a second, ${count(archiving.cpuUsEach)} us CPU each |`,
    `| longest lag while ${archivedBeside} messages/s are sent | ${count(archiving.longestLagEvents)} events |`,
    `| page of 50, ${readsPerSecond}/s: p50, p99 | ${ms(percentile(history.pages, 0.5))}, ${ms(percentile(history.pages, 0.99))} ms |`,
    `| queries of the log for ${count(readersAtOnce)} readers of one page at once | ${history.queriesOfMany} |`,
    `| ${count(clients)} clients back and caught up | ${storm.seconds.toFixed(1)} s, ${storm.logReads} reads of the log |`,
    `| an idle socket, of ${count(idleSockets)} | ${ms(idle.kilobytesEach)} KB (Centrifugo, an earlier run: ${peers.centrifugoSocketKb}) |`,
    `| CPU while they idle | ${percent(idle.coreShare)} of a core |`,
  ]
}

export function judge({ sends, fanOuts, archiving, history, storm, idle }: Found): Verdict[] {
  const paced = [...sends.paced.values()]
  const worst = (share: number) => Math.max(...paced.map((answered) => percentile(answered, share)))
  const batched = fanOutOf(fanOuts, 'chat-service', 10)
  const ratio = fanOutOf(fanOuts, 'chat-service', 1).cpuUsEach / fanOutOf(fanOuts, 'bare ws', 1).cpuUsEach
  const pageP99 = percentile(history.pages, 0.99)
  const least = (goal: string, found: number, limit: number): Verdict => ({
    goal: `${goal} ≥ ${count(limit)}`,
    found: count(found),
    isMet: found >= limit,
  })
  const most = (goal: string, found: number, limit: number, unit = ''): Verdict => ({
    goal: `${goal} ≤ ${limit}${unit}`,
    found: `${Number(found.toFixed(2))}${unit}`,
    isMet: found <= limit,
  })
  return [
    most('send to answer p50', worst(0.5), goals.sendP50Ms, ' ms'),
    most('send to answer p99', worst(0.99), goals.sendP99Ms, ' ms'),
    least('sends a second', sends.saturated.perSecond, goals.sendsPerSecond),
    least('deliveries a second', batched.perSecond, goals.deliveriesPerSecond),
    most('CPU of a delivery, ten at once', batched.cpuUsEach, goals.batchedCpuUs, ' us'),
    most('CPU of a delivery one by one, of bare ws', ratio, goals.singleOfFloor),
    most('an idle socket', idle.kilobytesEach, goals.socketKb, ' KB'),
    most('idle CPU', idle.coreShare, goals.idleShare),
    least('events to Cassandra a second', archiving.perSecond, goals.archivedPerSecond),
    most('lag of the archive, in steady state', archiving.longestLagEvents / archivedBeside, goals.lagSeconds, ' s'),
    most('page of 50 p99', pageP99, goals.pageP99Ms, ' ms'),
    most('queries for a thousand readers', history.queriesOfMany, goals.pageQueries),
    most('everybody back', storm.seconds, goals.stormSeconds, ' s'),
    most('reads of the log for each client that is back', storm.logReads / clients, 0.01),
  ]
}
