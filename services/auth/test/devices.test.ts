import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { scale, suiteScope } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { insertDevice, removeDevices, removeUnseenDevices } from '../src/stores/known-devices.ts'
import { deviceLifeMs } from '../src/throttle/device-tokens.ts'
import { endLocks, guess, mailsTo, repeat } from './guesses.ts'
import { type Auth, ask, engines, newPerson, registerPerson, startAuth } from './test-auth.ts'

const Count = Type.Object({ rows: column.integer })
const cookieName = '__Host-sc_device'
const page = 'https://chat.example.org'

for (const engine of engines) {
  describe(`known devices on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine, { PUBLIC_URL: page })
    })

    test("many strangers' wrong guesses do not keep the owner's device out", async () => {
      const { person, device_token } = await registerPerson(auth)
      const networks = Array.from({ length: 20 }, (_, index) => `198.51.100.${index}`)
      const count = engine === 'postgres' ? scale(10_000, 300) : 140
      const seen = new Set<number>()
      for (let sent = 0; sent < count; sent += networks.length) {
        const answers = await Promise.all(networks.map((from) => guess(auth, person.email, { from })))
        for (const { status } of answers) seen.add(status)
      }
      assert.ok(seen.has(429) && !seen.has(200) && !seen.has(500), [...seen].join())
      const signedIn = await guess(auth, person.email, { password: person.password, from: networks[0], device_token })
      assert.equal(signedIn.status, 200)
      assert.equal(signedIn.data.device_token, device_token)
    })

    test('a device has five failures of its own, which lock nobody else', async () => {
      const { person, device_token } = await registerPerson(auth)
      const { password } = person
      const wrong = await repeat(5, () => guess(auth, person.email, { device_token }))
      assert.ok(wrong.every(({ status }) => status === 401))
      assert.equal((await guess(auth, person.email, { device_token, password })).code, 'ACCOUNT_LOCKED')
      assert.equal((await guess(auth, person.email, { password })).status, 200)
      await endLocks(auth)
      assert.equal((await guess(auth, person.email, { device_token, password })).status, 200)
    })

    test('only a token of ours, for this account and not forgotten, makes a device known', async () => {
      const { person, device_token, user } = await registerPerson(auth)
      const stranger = await registerPerson(auth)
      const { sql, deviceTokens } = auth.context
      const [deviceId = '', mac = ''] = device_token.split('.')
      const forgeries = [
        stranger.device_token,
        deviceId,
        `${deviceId}.`,
        `${deviceId}.${mac.slice(1)}`,
        `${deviceId}.${[...mac].toReversed().join('')}`,
        `${stranger.device_token.split('.')[0]}.${mac}`,
        deviceTokens.create({ deviceId: '0190a000-0000-7000-8000-000000000001', userId: user.user_id }),
        "'; drop table users; --",
      ]
      await repeat(5, () => guess(auth, person.email))
      const tryWith = (token: string) => guess(auth, person.email, { device_token: token, password: person.password })
      for (const token of forgeries) assert.equal((await tryWith(token)).status, 429, token)
      assert.equal((await guess(auth, person.email, { device_token: 'x'.repeat(129) })).status, 400)
      assert.equal((await tryWith(device_token)).status, 200)
      await sql.transaction((tx) => removeDevices(tx, user.user_id))
      assert.equal((await tryWith(device_token)).status, 429)
    })

    test('the owner hears by mail of a new device, and of none that was here before', async () => {
      const { person, device_token } = await registerPerson(auth)
      const { password } = person
      await guess(auth, person.email, { password, device_token })
      await guess(auth, person.email)
      const { data } = await guess(auth, person.email, { password })
      await guess(auth, person.email, { password, device_token: data.device_token })
      await guess(auth, person.email, { password })
      assert.deepEqual(await mailsTo(auth, person.email, 2), ['new-device', 'new-device'])
      assert.notEqual(data.device_token, device_token)
    })

    test('a page that asks for cookies gets the device as one, which shows it the next time', async () => {
      const person = newPerson()
      const origin = { origin: page }
      const url = (path: string) => `${auth.address}/v1/auth/${path}`
      const registered = await ask(url('register'), { body: { ...person, refresh_cookie: true }, headers: origin })
      const cookie = registered.headers.getSetCookie().find((text) => text.startsWith(cookieName)) ?? ''
      assert.match(cookie, /; Path=\/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict$/)
      await repeat(5, () => guess(auth, person.email))
      const body = { email: person.email, password: person.password }
      const sent = { cookie: `theme=dark; ${cookie.split(';')[0]}` }
      assert.equal((await ask(url('login'), { body })).status, 429)
      const signedIn = await ask(url('login'), { body, headers: sent })
      assert.equal(signedIn.status, 200)
      assert.deepEqual(signedIn.headers.getSetCookie(), [])
      assert.equal(`${cookieName}=${signedIn.data.device_token}`, cookie.split(';')[0])
    })

    test('an account keeps its newest 20 devices, none for longer than 400 days', async () => {
      const { user } = await registerPerson(auth)
      const { sql } = auth.context
      await repeat(22, () => sql.transaction((tx) => insertDevice(tx, user.user_id)))
      const count = () => sql.one(Count)`
      select count(*) as rows from known_devices where user_id = ${user.user_id}`
      assert.equal((await count()).rows, 20)
      await sql.execute`update known_devices set last_seen_at = last_seen_at - interval '401 days'`
      await removeUnseenDevices(sql, deviceLifeMs)
      assert.equal((await count()).rows, 0)
    })
  })
}
