// What calls cost: packets through the worker against mediasoup alone, coming in, what a killed worker costs, memory.
import { loadavg } from 'node:os'
import { World } from './chat/world.ts'
import { measureCrowd, measureForwarding } from './media/forwarding.ts'
import { measureJoins, measureRush } from './media/joins.ts'
import { measureLatency } from './media/latency.ts'
import { measureOverload } from './media/overload.ts'
import { measureMemory } from './media/participants.ts'
import { measurePiping, room } from './media/piping.ts'
import { measureRecording, recordedCall, recordedTracks } from './media/recording.ts'
import { measureScoring, scoredConsumers } from './media/scoring.ts'
import { describeFound, judge } from './media/tables.ts'
import { measureKills } from './media/worker-kills.ts'
import { canPin, leaveFirstCore } from './shared/cores.ts'
import { writeReport } from './shared/report.ts'
import { describeVerdicts } from './shared/verdicts.ts'

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 1 : 3
const seconds = isQuick ? 1 : 4
const people = isQuick ? 20 : 200

const [busyBefore = 0] = loadavg()
leaveFirstCore()
await using world = await World.create()

function measure<T>(part: string, work: () => Promise<T>): Promise<T> {
  console.log(`media: ${part} …`)
  return work()
}

const found = {
  forwarding: await measure('packets', () => measureForwarding(world, rounds, seconds)),
  crowded: await measure(`${people} peers`, async () => ({ people, flow: await measureCrowd(world, people, seconds) })),
  joins: await measure('joins', () => measureJoins(world, isQuick ? 3 : 40)),
  rush: await measure('many joins', () => measureRush(world)),
  killsMs: await measure('killed workers', () => measureKills(world, isQuick ? 1 : 4)),
  latency: await measure('latency', () => measureLatency(world, rounds, isQuick ? 100 : 500)),
  overload: await measure('too much', () => measureOverload(world, isQuick ? 3 : 10)),
  scoring: await measure('scores', () => measureScoring(world, rounds, isQuick ? 3 : 10)),
  piping: await measure('pipes', () => measurePiping(world, rounds, seconds)),
  recording: await measure('recording', () => measureRecording(world, rounds, isQuick ? 3 : 15)),
  memory: await measure('memory', () => measureMemory(world, isQuick ? 1 : 3)),
}
const verdicts = judge(found)
const body = [...describeVerdicts(verdicts), '', ...describeFound(found)]
console.log(['', ...body].join('\n'))
if (!isQuick) {
  const conditions = [
    'video-service as it is shipped, with one worker, on Postgres (without fsync) and Redis. The peers are libdatachannel: full ICE, DTLS and SRTP over loopback, all in one process, which is another one than the service.',
    canPin
      ? 'The service and its worker share the first core, the load, Postgres and Redis the other. Both ends of every packet are on these cores, so what comes whole at the highest pace is a lower bound.'
      : 'Service, worker, load, Postgres and Redis share all cores.',
    'Peers ask for no packet again and tell nothing of bandwidth; streams are VP8 without simulcast, or Opus.',
    'The share of bare mediasoup is that of CPU per packet at the same pace, with the same codecs and peers, by turns, medians.',
    `Scores are measured in calls of two, which have most to ask for each stream: in a tenth of them, ten times as often. That asks a worker and writes to the database as ${scoredConsumers} streams do. Their cost is the CPU of service and worker with scores above that without, by turns, medians.`,
    `A room of ${room.people} in which ${room.speakers} speak has packets of 160 bytes. On two workers half of its people are on each, and what is said goes from one to the other once; both share the first core.`,
    `Recording is measured in one call of ${recordedCall.people}, whose ${recordedTracks} tracks are Opus of 32 kbit/s and VP8 of ${recordedCall.kbps}; recorders are on the core of the service. What a track costs is their CPU, and that of service and worker above that of the same call unrecorded, by turns, medians; what starting them and storing their files takes is not in it.`,
    'Latency is of 1,100 bytes two hundred times a second over libdatachannel, by turns; both ends are in one process, which has one clock.',
    `Memory is what ${found.memory.people} more people in rooms of ten take, who all send a camera and receive nine; the packets are of 100 bytes and nothing is kept to be sent again, so a worker of browsers takes more. The heap is counted after a collection.`,
  ]
  writeReport({ name: 'media', busyBefore, conditions, body })
}
process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1
