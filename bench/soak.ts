// Whether an hour of everything, with one fault after another, loses nothing, is told in metrics, and leaves memory flat.
import { randomInt } from 'node:crypto'
import { loadavg } from 'node:os'
import { writeReport } from './shared/report.ts'
import { describeVerdicts } from './shared/verdicts.ts'
import { soak } from './soak/rounds.ts'
import { describeMemory, describeRounds, judge } from './soak/tables.ts'

const isQuick = process.argv.includes('--quick')
const minutes = isQuick ? 4 : 60
const seed = randomInt(2 ** 31)

const [busyBefore = 0] = loadavg()
console.log(`soak: ${minutes} minutes of everything, seed ${seed} …`)
const soaked = await soak({ minutes, seed, tell: (line) => console.log(line) })

const verdicts = judge(soaked)
const tables = [...describeVerdicts(verdicts), '', ...describeMemory(soaked), '', ...describeRounds(soaked)]
console.log(`\n${tables.join('\n')}`)
if (!isQuick) {
  const conditions = [
    `${minutes} minutes, seed ${seed}: all five services as processes, a second gateway and chat-service, on Postgres, Redis, Cassandra and an S3 store of their own behind lines that can be broken.`,
    'Meanwhile people sign in, refresh, read, send, upload and download, each over and over, an SDK queues messages, another hears them live, and two are in a call with real media.',
    'Each round is a quarter of a minute and more without a fault, then one of `npm run chaos` for 8 to 20 s, then the time until every act is done again. Faults that end a service have their turn in the first quarter, so that memory is that of processes which went on through all others.',
  ]
  writeReport({ name: 'soak', busyBefore, conditions, body: tables })
}
process.exit(verdicts.every(({ isMet }) => isMet) ? 0 : 1)
