import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual, promisify } from 'node:util'
import { rotatable } from '@secureconnect/ops/rotate'
import { accounts } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { call } from '@secureconnect/test/services'
import { mayStopContainers } from './config.ts'
import { LiveStack } from './live-stack.ts'
import { gateway, Someone, usual } from './someone.ts'
import { askCassandra, askPostgres, askRedis, isRefused, listBuckets } from './store-logins.ts'

const found = mayStopContainers ? await LiveStack.find() : 'starts containers anew, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found
const signingKeys = 'jwt_signing_keys'
const grafana = 'grafana_admin_password'
const usualMs = 60_000
/** More often would be too often for the limits that hold here as anywhere. */
const askEveryMs = 2_000

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

async function rotate(...names: string[]): Promise<string> {
  const options = { cwd: stack().folder, timeout: 400_000 }
  return (await promisify(execFile)('./ops', ['rotate', ...names], options)).stdout
}

/** Where one of these values still is. */
function findValues(values: readonly string[]): string[] {
  return [...stack().secrets()].flatMap(([path, content]) =>
    values.some((one) => content.includes(one)) ? [path] : [],
  )
}

const master = (name: string) => join(stack().folder, 'secrets', name)
const readMaster = (name: string) => readFileSync(master(name), 'utf8').trim()

/** Makes a step of signing keys so old. */
function letPass(minutes: number): void {
  const then = new Date(Date.now() - minutes * 60_000)
  utimesSync(master(signingKeys), then, then)
}

/** A stand-in for Grafana knows no way to change a password. */
async function hasRealGrafana(): Promise<boolean> {
  const { Config } = await stack().container('grafana')
  return Config.Labels['org.secureconnect.rig.program'] === undefined
}

/** Waits until services that have just begun are used again; who has a token is never taken for a stranger meanwhile. */
async function untilUsual(someone: Someone, token?: string): Promise<void> {
  const isUsual = async () => {
    await delay(askEveryMs)
    if (token) assert.notEqual((await call(gateway, accounts.getMe, { token })).status, 401)
    return isDeepStrictEqual(await someone.doEverything(), usual)
  }
  await until('everything is as usual', isUsual, usualMs)
}

suite('a secret that is rotated', { skip }, () => {
  test('everything works with the new ones, and the old ones are nowhere and let nobody in', async (t) => {
    const someone = await Someone.signUp()
    const isReal = await hasRealGrafana()
    if (!isReal) t.diagnostic(`${grafana} is not tried: Grafana is a stand-in here`)
    const names = rotatable.filter((name) => name !== signingKeys && (isReal || name !== grafana))
    const old = new Map(names.map((name) => [name, readMaster(name)]))
    await rotate(...names)
    for (const name of names) assert.notEqual(readMaster(name), old.get(name), name)
    assert.deepEqual(findValues([...old.values()]), [])
    const was = (name: string) => old.get(name) ?? assert.fail(`${name} was not rotated`)

    await Promise.all([askPostgres(stack()), askCassandra(stack())])
    await assert.rejects(askPostgres(stack(), { password: was('db_password') }), { code: '28P01' })
    assert.match(await askRedis(stack(), `AUTH secureconnect ${was('redis_password')}\r\n`), /^-WRONGPASS/)
    const login = { username: stack().secret('cassandra', 'cassandra_user'), password: was('cassandra_password') }
    await assert.rejects(askCassandra(stack(), { credentials: login }), isRefused)
    const accessKey = stack().secret('object-store', 'minio_access_key')
    await assert.rejects(
      listBuckets(stack(), { accessKey: was('minio_access_key'), secretKey: was('minio_secret_key') }),
    )
    await assert.rejects(listBuckets(stack(), { accessKey, secretKey: was('minio_secret_key') }))

    await untilUsual(someone)
  })

  test('signing keys go through their three steps, and nobody who is signed in is refused', async () => {
    const someone = await Someone.signUp()
    const [before] = JSON.parse(readMaster(signingKeys)).keys
    for (const minutes of [60, 11, 21]) {
      letPass(minutes)
      const { token } = someone
      await rotate(signingKeys)
      await untilUsual(someone, token)
      // So they ask for the keys at once, and not only within the time that is made to have passed.
      await Promise.all(['chat-service', 'video-service', 'storage-service'].map((one) => stack().restart(one)))
      await stack().well()
    }
    assert.deepEqual(findValues([before.kid]), [])
  })
})
