// What a rush of logins costs those who are signed in already, and how fast access tokens are checked.
import { loadavg } from 'node:os'
import { createDatabase, redisServer } from '@secureconnect/test/stack'
import { measureLoginLoad } from './auth/login-load.ts'
import { describeChecks, describeLoad, judge } from './auth/tables.ts'
import { measureTokenChecks } from './auth/token-checks.ts'
import { writeReport } from './shared/report.ts'
import { describeVerdicts } from './shared/verdicts.ts'

const isQuick = process.argv.includes('--quick')
const seconds = isQuick ? 4 : 20

const [busyBefore = 0] = loadavg()
await using stack = new AsyncDisposableStack()
const { host, port, username, password } = await redisServer()
const redisEnv = { REDIS_HOST: host, REDIS_PORT: `${port}`, REDIS_USERNAME: username, REDIS_PASSWORD: password }
const database = await createDatabase({ after: (work) => stack.defer(work) })

console.log('auth: token checks …')
const checks = await measureTokenChecks(isQuick ? 300 : 2_000)
console.log(`auth: ${seconds} s of logins beside reads …\n`)
const load = await measureLoginLoad({ database, redisEnv, seconds })

const verdicts = judge(load, checks)
const tables = [...describeVerdicts(verdicts), '', ...describeLoad(load, seconds), '', ...describeChecks(checks)]
console.log(tables.join('\n'))
if (!isQuick) {
  const conditions = [
    `auth-service as it is shipped, on Postgres and Redis, beside the load on one machine. ${seconds} s of logins with right passwords, each from a network of its own, while one person reads his account. Everything is sent when it is due and timed from then.`,
  ]
  writeReport({ name: 'auth', busyBefore, conditions, body: tables })
}
process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1
