import { measureUploads } from './storage/uploads.ts'
import { describeUploads } from './storage/tables.ts'
import { leaveFirstCore } from './shared/cores.ts'
leaveFirstCore()
console.log(describeUploads(await measureUploads(Number(process.argv[2] ?? 6))).join('\n'))
