import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { devices, keys, limits } from '@secureconnect/protocol'
import {
  claim,
  createIdentity,
  createKeyPackages,
  createPreKeys,
  registerDevice,
  signInAgain,
  startDevice,
  upload,
} from './device-keys.ts'
import { createDirect, createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const count = (chat: Chat, { token }: Person) => call(chat, keys.count, { token })
const listOf = (chat: Chat, { token }: Person, { userId }: Person) =>
  call(chat, keys.list, { token, params: { user_id: userId } })
const rotate = (chat: Chat, { token }: Person, body: object) => call(chat, keys.rotate, { token, body })

for (const engine of engines) {
  suite(`keys on ${engine}`, () => {
    const shared = shareChat(engine)
    const createPeople = async () => [await createPerson(shared()), await createPerson(shared())] as const

    test('looking at somebody’s keys uses none up, and shows no one-time keys', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople()
      const { device_id, given } = await startDevice(chat, bob)
      await registerDevice(chat, signInAgain(chat, bob))
      const { data } = await listOf(chat, ada, bob)
      const { identity_key, signed_pre_key } = given
      assert.deepEqual(data.devices, [{ user_id: bob.userId, device_id, identity_key, signed_pre_key }])
      const { one_time_pre_keys, key_packages } = (await count(chat, bob)).data
      assert.deepEqual([one_time_pre_keys, key_packages], [30, 30])
    })

    test('each claim gets another key, of each device but one’s own, and when none is left the last resort', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople()
      const tablet = signInAgain(chat, bob)
      const { lastResort, given, device_id } = await startDevice(chat, bob, { count: 2 })
      await startDevice(chat, tablet, { count: 5 })
      const ofPhone = async (kind: 'pre_key' | 'key_package') => {
        const { data } = await claim(chat, ada, [bob], kind)
        assert.equal(data.keys.length, 2)
        return data.keys.find((key) => key.device_id === device_id)
      }
      const packages = [await ofPhone('key_package'), await ofPhone('key_package'), await ofPhone('key_package')]
      assert.deepEqual(
        new Set(packages.map((key) => key?.key_package)),
        new Set([...given.key_packages.map(({ key_package }) => key_package), lastResort]),
      )
      assert.deepEqual(
        packages.map((key) => [key?.is_last_resort, key?.key_package === lastResort]),
        [
          [false, false],
          [false, false],
          [true, true],
        ],
      )
      const preKeys = [await ofPhone('pre_key'), await ofPhone('pre_key'), await ofPhone('pre_key')]
      assert.deepEqual(
        new Set(preKeys.map((key) => key?.one_time_pre_key)),
        new Set([...given.one_time_pre_keys, null]),
      )
      assert.deepEqual(
        preKeys.map((key) => [key?.is_last_resort, key?.signed_pre_key]),
        [false, false, true].map((isLast) => [isLast, given.signed_pre_key]),
      )
      const own = await claim(chat, bob, [bob])
      assert.deepEqual(
        own.data.keys.map((key) => [key.device_id === device_id, key.is_last_resort]),
        [[false, false]],
      )
    })

    test('a key that was handed out is never handed out again, whoever uploads it', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople()
      const { given, identity, device_id } = await startDevice(chat, bob, { count: 1 })
      const used = (await claim(chat, ada, [bob])).data.keys[0]?.key_package
      assert.equal((await upload(chat, bob, given)).data.key_packages, 0)
      assert.equal((await rotate(chat, bob, given)).data.key_packages, 0)
      await call(chat, devices.remove, { token: bob.token, params: { device_id } })
      await registerDevice(chat, bob, device_id)
      const { data } = await upload(chat, bob, given)
      assert.deepEqual([data.key_packages, data.has_last_resort], [0, false])
      const tablet = signInAgain(chat, bob)
      await registerDevice(chat, tablet)
      const key_packages = [{ key_package: used ?? '' }]
      const other = await upload(chat, tablet, { identity_key: identity.identityKey, key_packages })
      assert.equal(other.data.key_packages, 0)
      // What was a last resort has gone out, and becomes no one-time key.
      const [old, next] = createKeyPackages(2)
      assert.ok(old && next)
      const { identity_key } = given
      await upload(chat, bob, { identity_key, key_packages: [{ ...old, last_resort: true }] })
      await upload(chat, bob, { identity_key, key_packages: [{ ...next, last_resort: true }] })
      assert.equal((await upload(chat, bob, { identity_key, key_packages: [old] })).data.key_packages, 0)
    })

    test('uploads add up and repeats add nothing; a rotation puts new keys in the place of all', async () => {
      const chat = shared()
      const [, bob] = await createPeople()
      const { given } = await startDevice(chat, bob)
      assert.equal((await upload(chat, bob, given)).data.one_time_pre_keys, 30)
      const { identity_key } = given
      const more = await upload(chat, bob, { identity_key, one_time_pre_keys: createPreKeys(10, 31) })
      assert.deepEqual([more.data.one_time_pre_keys, more.data.low], [40, []])
      const other = createIdentity()
      assert.equal((await upload(chat, bob, { identity_key: other.identityKey })).code, 'CONFLICT')
      const rotated = await rotate(chat, bob, { identity_key: other.identityKey, key_packages: createKeyPackages(25) })
      const { one_time_pre_keys, key_packages, has_last_resort, low } = rotated.data
      assert.deepEqual([one_time_pre_keys, key_packages, has_last_resort, low], [0, 25, false, ['pre_key']])
      const { data } = await listOf(chat, bob, bob)
      assert.deepEqual(
        data.devices.map((device) => [device.identity_key, device.signed_pre_key]),
        [[other.identityKey, null]],
      )
    })

    test('keys that their device made badly are refused, naming what is wrong, and nothing of them is kept', async () => {
      const chat = shared()
      const [, bob] = await createPeople()
      await registerDevice(chat, bob)
      const { identityKey: identity_key, signPreKey } = createIdentity()
      const stranger = createIdentity().signPreKey(1)
      const [preKey] = createPreKeys(1)
      const [one, two] = createKeyPackages(2)
      const bad = {
        'signed_pre_key.signature': { signed_pre_key: stranger },
        'signed_pre_key.public_key': { signed_pre_key: { ...signPreKey(1), public_key: 'AAAA' } },
        'signed_pre_key.key_id': { signed_pre_key: { ...signPreKey(1), key_id: -1 } },
        one_time_pre_keys: { one_time_pre_keys: [preKey, preKey] },
        key_packages: { key_packages: [one, two].map((each) => ({ ...each, last_resort: true })) },
        body: { key_packages: [one, one] },
        'key_packages.0.key_package': { key_packages: [{ key_package: randomBytes(6_200).toString('base64') }] },
      }
      for (const [field, part] of Object.entries(bad)) {
        const answer = await upload(chat, bob, { identity_key, ...part } as never)
        assert.equal(answer.code, 'VALIDATION_ERROR', field)
        assert.equal(answer.error.details[0].field, field)
      }
      const short = await upload(chat, bob, { identity_key: randomBytes(31).toString('base64') })
      assert.equal(short.error.details[0].field, 'identity_key')
      assert.deepEqual((await listOf(chat, bob, bob)).data.devices, [])
    })

    test('keys come from the device’s own sign-in, and no more of them than can wait', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople()
      const { identityKey: identity_key } = createIdentity()
      assert.equal((await upload(chat, ada, { identity_key })).code, 'NOT_FOUND')
      const { device_id } = await startDevice(chat, bob)
      const tablet = signInAgain(chat, bob)
      await registerDevice(chat, tablet)
      assert.equal((await upload(chat, tablet, { device_id, identity_key })).code, 'NOT_FOUND')
      const { max } = limits.keysPerDevice
      const fill = (key_packages: object[]) => upload(chat, tablet, { identity_key, key_packages } as never)
      for (let held = 0; held < max; held += 100) assert.equal((await fill(createKeyPackages(100))).status, 200)
      assert.equal((await fill(createKeyPackages(1))).code, 'LIMIT_REACHED')
      assert.equal((await count(chat, tablet)).data.key_packages, max)
    })

    test(`somebody is given one-time keys of another ${limits.claimsPerDay} times a day and then the last resort, and of his own devices as often as he likes`, async () => {
      const chat = shared()
      const [ada, bob] = await createPeople()
      const eve = await createPerson(chat)
      const tablet = signInAgain(chat, bob)
      const { lastResort, device_id, given } = await startDevice(chat, bob)
      await startDevice(chat, eve)
      for (let time = 0; time < limits.claimsPerDay; time++)
        assert.equal((await claim(chat, ada, [bob])).data.keys[0]?.is_last_resort, false)
      const [key] = (await claim(chat, ada, [bob])).data.keys
      assert.deepEqual([key?.is_last_resort, key?.key_package], [true, lastResort])
      const [preKey] = (await claim(chat, ada, [bob], 'pre_key')).data.keys
      assert.deepEqual([preKey?.is_last_resort, preKey?.signed_pre_key], [true, given.signed_pre_key])
      const left = (await count(chat, bob)).data
      assert.deepEqual([left.key_packages, left.one_time_pre_keys], [30 - limits.claimsPerDay, 30])
      await chat.context.sql.execute`delete from one_time_keys where device_id = ${device_id} and is_last_resort`
      const { code, error } = await claim(chat, ada, [eve, bob])
      assert.equal(code, 'RATE_LIMITED')
      assert.ok(error.retry_after_ms > 86_000_000 && error.retry_after_ms <= 86_400_000)
      // Of all or of none: nothing of the other one was used up.
      assert.equal((await count(chat, eve)).data.key_packages, 30)
      assert.equal((await claim(chat, eve, [bob])).status, 200)
      for (let time = 0; time <= limits.claimsPerDay; time++)
        assert.equal((await claim(chat, tablet, [bob])).status, 200)
      await chat.context.sql.execute`
        update key_claims set began_at = began_at - interval '24 hours' where claimer_id = ${ada.userId}`
      assert.equal((await claim(chat, ada, [eve, bob])).status, 200)
    })

    test('who is apart by a block gets no keys, unless both are in a group; who is not there has none', async () => {
      const chat = shared()
      const { sql } = chat.context
      const [ada, bob] = await createPeople()
      await startDevice(chat, bob)
      await createDirect(chat, ada, bob)
      await sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      assert.equal((await claim(chat, ada, [bob])).code, 'BLOCKED')
      assert.equal((await listOf(chat, ada, bob)).code, 'BLOCKED')
      assert.equal((await claim(chat, bob, [ada])).code, 'BLOCKED')
      const eve = await createPerson(chat)
      await createGroup(chat, eve, [ada, bob])
      assert.equal((await claim(chat, ada, [bob])).status, 200)
      await sql.execute`update users set erasing_at = now() where user_id = ${eve.userId}`
      assert.equal((await claim(chat, ada, [bob, eve])).code, 'USER_NOT_FOUND')
      assert.equal((await listOf(chat, ada, eve)).code, 'USER_NOT_FOUND')
    })

    test('a device hears when few of its keys are left', async (t) => {
      const chat = shared()
      const [ada, bob] = await createPeople()
      const { low } = limits.keysPerDevice
      const { device_id } = await startDevice(chat, bob, { count: low + 2 })
      const socket = await TestSocket.open(t, chat, bob)
      await claim(chat, ada, [bob])
      await claim(chat, ada, [bob])
      const frame = await socket.next(({ type }) => type === 'keys.low')
      assert.deepEqual(frame, { type: 'keys.low', device_id, kind: 'key_package', left: low })
      assert.deepEqual((await count(chat, bob)).data.low, ['key_package'])
    })
  })
}
