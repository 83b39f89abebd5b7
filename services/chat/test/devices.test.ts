import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { devices, keys, limits } from '@secureconnect/protocol'
import { createIdentity, registerDevice, signInAgain, startDevice, upload } from './device-keys.ts'
import { createGroup } from './groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const list = async (chat: Chat, { token }: Person) => (await call(chat, devices.list, { token })).data.devices
const remove = (chat: Chat, { token }: Person, device_id: string) =>
  call(chat, devices.remove, { token, params: { device_id } })
const register = (chat: Chat, { token }: Person, body: object) => call(chat, devices.register, { token, body })

for (const engine of engines) {
  suite(`devices on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a sign-in is one device, however often it says so, and another sign-in is another', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const again = signInAgain(chat, person)
      const first = await register(chat, person, { name: 'phone' })
      const repeat = await register(chat, person, { name: 'old phone' })
      assert.deepEqual([first.status, repeat.status], [201, 200])
      assert.equal(first.data.device_id, repeat.data.device_id)
      await registerDevice(chat, again)
      assert.deepEqual(
        (await list(chat, again)).map(({ name, is_current }) => [name, is_current]),
        [
          ['old phone', false],
          ['phone', true],
        ],
      )
    })

    test('a device that comes back with another sign-in keeps its keys, and the sign-in before has it no more', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const { device_id } = await startDevice(chat, person)
      const again = signInAgain(chat, person)
      assert.equal(await registerDevice(chat, again, device_id), device_id)
      assert.equal((await call(chat, keys.count, { token: again.token })).data.key_packages, 30)
      assert.equal((await call(chat, keys.count, { token: person.token })).code, 'NOT_FOUND')
      assert.equal((await list(chat, person)).length, 1)
    })

    test('ids of devices are each person’s own: nobody takes or removes another’s', async () => {
      const chat = shared()
      const [ada, eve] = [await createPerson(chat), await createPerson(chat)]
      const id = randomUUID()
      await registerDevice(chat, ada, id)
      assert.equal((await remove(chat, eve, id)).code, 'NOT_FOUND')
      await registerDevice(chat, eve, id)
      assert.equal((await remove(chat, eve, id)).status, 200)
      assert.equal((await list(chat, ada)).length, 1)
      assert.equal((await remove(chat, eve, id)).code, 'NOT_FOUND')
    })

    test(`a person has up to ${limits.encryptionDevicesPerUser} devices, also when they come all at once`, async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const many = Array.from({ length: limits.encryptionDevicesPerUser + 5 }, () => signInAgain(chat, person))
      const answers = await Promise.all(many.map((one) => register(chat, one, { name: 'x' })))
      const refused = answers.filter(({ code }) => code === 'LIMIT_REACHED')
      assert.equal(refused.length, 5)
      const [own] = await list(chat, person)
      assert.ok(own)
      await remove(chat, person, own.device_id)
      assert.equal((await register(chat, person, { name: 'x' })).status, 201)
    })

    test('who shares an encrypted conversation hears of new devices, new identities and removals; others do not', async (t) => {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      await createGroup(chat, bob, [ada], { is_e2ee_enabled: true })
      await createGroup(chat, eve, [ada])
      const [own, near, far] = await Promise.all([ada, bob, eve].map((one) => TestSocket.open(t, chat, one)))
      assert.ok(own && near && far)
      const changes = (socket: TestSocket) => socket.frames.filter(({ type }) => type === 'device.list_changed')
      const isNth = (socket: TestSocket, count: number) => () =>
        changes(socket).length === count && changes(socket).every(({ user_id }) => user_id === ada.userId)
      const { device_id, given } = await startDevice(chat, ada)
      await Promise.all([own, near].map((socket) => socket.next(isNth(socket, 1))))
      // The same identity again is no change.
      await upload(chat, ada, { identity_key: given.identity_key })
      const body = { identity_key: createIdentity().identityKey }
      await call(chat, keys.rotate, { token: ada.token, body })
      await near.next(isNth(near, 2))
      await remove(chat, ada, device_id)
      await near.next(isNth(near, 3))
      assert.equal(changes(far).length, 0)
    })
  })
}
