import { medianOf } from '../gateway/median.ts'
import type { Verdict } from '../shared/verdicts.ts'
import type { Flow } from './flow.ts'
import { crowdPerSecond, type Forwarding, receivers } from './forwarding.ts'
import { crowd, type Joins } from './joins.ts'
import type { Latency } from './latency.ts'
import { type Overload, offeredPerSecond } from './overload.ts'
import type { Memory } from './participants.ts'
import { type Piping, type RoomFlow, room } from './piping.ts'
import { recordedCall, recordedTracks, type TrackCost } from './recording.ts'
import { type Scoring, scoredConsumers } from './scoring.ts'
import { peopleInRoom } from './worker-kills.ts'

export type Found = {
  forwarding: Forwarding
  crowded: { people: number; flow: Flow }
  joins: Joins
  rush: Joins
  killsMs: number[]
  latency: Latency
  overload: Overload
  scoring: Scoring
  piping: Piping
  recording: TrackCost[]
  memory: Memory
}

const goals = {
  packetsPerSecond: 25_000,
  lossRatio: 0.001,
  shareOfBare: 0.95,
  crowdCpuRatio: 0.6,
  joinP50Ms: 150,
  joinP95Ms: 400,
  rushP95Ms: 1_500,
  killP95Ms: 2_000,
  addedP95Ms: 3,
  overloadLossRatio: 0.005,
  scoringCpuRatio: 0.02,
  pipingCost: 1.2,
  recorderCpuRatio: 0.01,
  recordingCpuRatio: 0.01,
  workerBytes: 3 * 2 ** 20,
  heapBytes: 150_000,
} as const

const percent = (ratio: number, digits = 0) => `${(100 * ratio).toFixed(digits)} %`
const whole = (value: number) => value.toFixed(0)
const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(2)
const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(0)

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const cpuOf = (flows: readonly Flow[]) => medianOf(flows.map(({ cpuUsPerPacket }) => cpuUsPerPacket))

const costOf = (flows: readonly RoomFlow[]) => medianOf(flows.map(({ cpuUsPerPacket }) => cpuUsPerPacket))

/** The most that came whole: of one worker, as fast as this load can take it. */
function findMost({ ours, climb }: Forwarding): number {
  const whole = [...ours, ...climb].filter(({ lossRatio }) => lossRatio < goals.lossRatio)
  return Math.max(0, ...whole.map(({ packetsPerSecond }) => packetsPerSecond))
}

function below(goal: string, found: number, most: number, tell = (value: number) => `${whole(value)} ms`): Verdict {
  return { goal, found: tell(found), isMet: found <= most }
}

function judgePiping({ one, two }: Piping): Verdict[] {
  return [
    below(
      `${room.people} in one room on two workers lose < ${percent(goals.lossRatio, 1)}`,
      medianOf(two.map(({ lossRatio }) => lossRatio)),
      goals.lossRatio,
      (ratio) => percent(ratio, 3),
    ),
    below(
      `… and cost ≤ ${goals.pipingCost} times the CPU a packet of the same room on one`,
      costOf(two) / costOf(one),
      goals.pipingCost,
      (ratio) => ratio.toFixed(2),
    ),
  ]
}

function judgeRecording(costs: readonly TrackCost[]): Verdict[] {
  const share = (ratio: number) => percent(ratio, 2)
  return [
    below(
      `the recorder of one of ${recordedTracks} tracks takes ≤ ${percent(goals.recorderCpuRatio)} of a core`,
      medianOf(costs.map(({ recorder }) => recorder)),
      goals.recorderCpuRatio,
      share,
    ),
    below(
      `… and service and worker ≤ ${percent(goals.recordingCpuRatio)} more for it`,
      medianOf(costs.map(({ others }) => others)),
      goals.recordingCpuRatio,
      share,
    ),
  ]
}

export function judge({
  forwarding,
  crowded,
  joins,
  rush,
  killsMs,
  latency,
  overload,
  scoring,
  piping,
  recording,
  memory,
}: Found): Verdict[] {
  const most = findMost(forwarding)
  const share = cpuOf(forwarding.bare) / cpuOf(forwarding.ours)
  return [
    {
      goal: `≥ ${goals.packetsPerSecond} packets/s out of one worker with < ${percent(goals.lossRatio, 1)} lost`,
      found: whole(most),
      isMet: most >= goals.packetsPerSecond,
    },
    {
      goal: `≥ ${goals.shareOfBare} of bare mediasoup, by CPU per packet`,
      found: share.toFixed(2),
      isMet: share >= goals.shareOfBare,
    },
    below(
      `${crowded.people} peers and one sender at ≤ ${percent(goals.crowdCpuRatio)} of a core`,
      crowded.flow.cpuRatio,
      goals.crowdCpuRatio,
      percent,
    ),
    below(`join to first packet p50 < ${goals.joinP50Ms} ms`, quantile(joins.tookMs, 0.5), goals.joinP50Ms),
    below(`join to first packet p95 < ${goals.joinP95Ms} ms`, quantile(joins.tookMs, 0.95), goals.joinP95Ms),
    below(
      `${crowd.joins} joins in ${crowd.withinMs / 1_000} s p95 < ${goals.rushP95Ms} ms`,
      quantile(rush.tookMs, 0.95),
      goals.rushP95Ms,
    ),
    { goal: 'no join fails', found: `${joins.failed + rush.failed} failed`, isMet: joins.failed + rush.failed === 0 },
    below(
      `media back p95 < ${goals.killP95Ms} ms after the worker of ${peopleInRoom} people is killed`,
      quantile(killsMs, 0.95),
      goals.killP95Ms,
    ),
    below(
      `the worker adds p95 < ${goals.addedP95Ms} ms to a line without it`,
      quantile(latency.oursMs, 0.95) - quantile(latency.directMs, 0.95),
      goals.addedP95Ms,
      (value) => `${value.toFixed(2)} ms`,
    ),
    {
      goal: `newcomers are refused where ${offeredPerSecond} packets/s are asked for`,
      found: `${overload.refusals} refused`,
      isMet: overload.refusals > 0,
    },
    below(
      `… and those who are in lose < ${percent(goals.overloadLossRatio, 1)}`,
      overload.lossRatio,
      goals.overloadLossRatio,
      (ratio) => percent(ratio, 3),
    ),
    below(
      `scores of ${scoredConsumers} received streams at ≤ ${percent(goals.scoringCpuRatio)} of a core`,
      medianOf(scoring.scored) - medianOf(scoring.unscored),
      goals.scoringCpuRatio,
      (ratio) => percent(ratio, 2),
    ),
    ...judgePiping(piping),
    ...judgeRecording(recording),
    below('≤ 3 MiB of worker memory a participant', memory.workerBytesEach, goals.workerBytes, (bytes) => {
      return `${mebibytes(bytes)} MiB`
    }),
    below('≤ 150 kB of Node heap a participant', memory.heapBytesEach, goals.heapBytes, (bytes) => {
      return `${kilobytes(bytes)} kB`
    }),
  ]
}

function describeFlow(name: string, { packetsPerSecond, cpuRatio, cpuUsPerPacket, lossRatio }: Flow): string {
  return `| ${name} | ${whole(packetsPerSecond)} | ${percent(cpuRatio)} | ${cpuUsPerPacket.toFixed(1)} | ${percent(lossRatio, 3)} |`
}

function describeLatency(name: string, tookMs: readonly number[]): string {
  return `| ${name} | ${tookMs.length} | ${quantile(tookMs, 0.5).toFixed(2)} | ${quantile(tookMs, 0.95).toFixed(2)} |`
}

function describeRoom(name: string, flow: RoomFlow): string {
  const { packetsPerSecond, peopleEach, cpuRatios, cpuUsPerPacket, lossRatio } = flow
  const cpu = cpuRatios.map((ratio) => percent(ratio)).join(', ')
  return `| ${name} | ${whole(packetsPerSecond)} | ${peopleEach.join(', ')} | ${cpu} | ${cpuUsPerPacket.toFixed(1)} | ${percent(lossRatio, 3)} |`
}

export function describeFound({
  forwarding,
  crowded,
  joins,
  rush,
  killsMs,
  latency,
  overload,
  piping,
  recording,
}: Found): string[] {
  const times = (name: string, values: readonly number[]) =>
    `| ${name} | ${values.length} | ${whole(quantile(values, 0.5))} | ${whole(quantile(values, 0.95))} | ${whole(quantile(values, 1))} |`
  return [
    `| one worker, 1,100 bytes a packet | packets/s out | worker CPU | CPU µs a packet | lost |`,
    '|---|---:|---:|---:|---:|',
    ...forwarding.bare.map((flow) => describeFlow(`bare mediasoup, ${receivers} peers`, flow)),
    ...forwarding.ours.map((flow) => describeFlow(`video-service, ${receivers} peers`, flow)),
    ...forwarding.climb.map((flow) => describeFlow(`video-service, ${receivers} peers, faster`, flow)),
    describeFlow(`video-service, ${crowded.people} peers, ${crowdPerSecond}/s each`, crowded.flow),
    '',
    '| | times | p50 ms | p95 ms | longest ms |',
    '|---|---:|---:|---:|---:|',
    times('socket opened to first packet, the tenth in a room', joins.tookMs),
    times(`socket opened to first packet, ${crowd.joins} in ${crowd.withinMs / 1_000} s`, rush.tookMs),
    times('worker killed to media back', killsMs),
    '',
    '| a packet, sent to come | packets | p50 ms | p95 ms |',
    '|---|---:|---:|---:|',
    describeLatency('without a server', latency.directMs),
    describeLatency('through a worker', latency.oursMs),
    '',
    `| ${room.people} people in one room, ${room.speakers} of them speak | packets/s out | people each | worker CPU each | CPU µs a packet | lost |`,
    '|---|---:|---:|---:|---:|---:|',
    ...piping.one.map((flow) => describeRoom('on one worker', flow)),
    ...piping.two.map((flow) => describeRoom('on two workers', flow)),
    '',
    `| a track of a call of ${recordedCall.people} who all send sound and picture | its recorder | service and worker |`,
    '|---|---:|---:|',
    ...recording.map(
      ({ recorder, others }) => `| recorded, above unrecorded | ${percent(recorder, 2)} | ${percent(others, 2)} |`,
    ),
    '',
    `Of ${overload.roomsOffered} rooms of ten, which together ask for ${offeredPerSecond} packets/s, ${overload.roomsAdmitted} came in; ${whole(overload.packetsPerSecond)} packets/s went out while others were refused, ${overload.refusals} times in all, and ${percent(overload.lossRatio, 3)} of them were lost.`,
  ]
}
