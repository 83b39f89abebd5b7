// What an upload costs the service where an S3 store takes the bytes, and how fast they go through it where a disk does.
import { loadavg } from 'node:os'
import { canPin, leaveFirstCore } from './shared/cores.ts'
import { writeReport } from './shared/report.ts'
import { describeVerdicts } from './shared/verdicts.ts'
import { describeTransfers, describeUploads, judge } from './storage/tables.ts'
import { measureTransfers } from './storage/transfers.ts'
import { measureUploads } from './storage/uploads.ts'

const isQuick = process.argv.includes('--quick')
const seconds = isQuick ? 4 : 20
const rounds = isQuick ? 1 : 5
const parallel = isQuick ? 10 : 50
const mebibytes = 50

const [busyBefore = 0] = loadavg()
leaveFirstCore()
console.log(`storage: ${seconds} s of uploads into S3 …`)
const uploads = await measureUploads(seconds)
console.log(`storage: ${rounds} rounds of ${parallel} files of ${mebibytes} MiB at once …\n`)
const transfers = await measureTransfers({ rounds, parallel, bytes: mebibytes * 2 ** 20 })

const verdicts = judge(uploads, transfers)
const tables = [...describeVerdicts(verdicts), '', ...describeUploads(uploads), '', ...describeTransfers(transfers)]
console.log(tables.join('\n'))
if (!isQuick) {
  const conditions = [
    'storage-service as it is shipped, on Postgres and Redis, beside the load on one machine.',
    `Uploads go on for ${seconds} s, 1 KiB each into VersityGW; every one begins when it is due. Between its two requests its bytes go to the store, which is not counted.`,
    `Transfers are ${parallel} files of ${mebibytes} MiB at once, the median of ${rounds} rounds; "of the floor" is by CPU, because the load takes as much of the machine as what is measured.`,
    canPin ? 'What is measured has a core that nothing else of this bench uses.' : 'Nothing has a core of its own.',
  ]
  writeReport({ name: 'storage', busyBefore, conditions, body: tables })
}
process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1
