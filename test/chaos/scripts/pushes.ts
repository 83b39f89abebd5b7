import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { conversations, messages, push } from '@secureconnect/protocol'
import { until } from '../../helpers/index.ts'
import { call } from '../../services/index.ts'
import type { Part, Scene, Script } from '../script.ts'
import { assertAges } from '../signs.ts'

const arrivesWithinMs = 60_000

/** Dora is written to while no push goes out; once it does, her device gets one, and a dead device of hers is forgotten. */
function pushScript(fault: string, fail: (scene: Scene) => void): Script {
  const [device, dead] = [`device:${randomUUID()}`, `device:${randomUUID()}`]
  return {
    fault: `Firebase ${fault}`,
    async prepare({ cast: { at, dora }, system }) {
      for (const token of [device, dead]) {
        const { status } = await call(at, push.register, { token: dora.token, body: { token, type: 'fcm' } })
        assert.equal(status, 201)
      }
      system.servers.firebase.answer = ({ token }) => (token === dead ? { status: 404, errorCode: 'UNREGISTERED' } : {})
    },
    strike: async (scene) => fail(scene),
    heal: ({ system }) => system.servers.lines.pushes.heal(),
    async meanwhile(scene) {
      const { at, ada, dora } = scene.cast
      const begin = { type: 'direct', participant_ids: [dora.userId] } as const
      const { data } = await call(at, conversations.create, { token: ada.token, body: begin })
      const body = { conversation_id: data.conversation_id, content: 'Hello', message_type: 'text' } as const
      assert.equal((await call(at, messages.send, { token: ada.token, body })).status, 201)
      return [await assertAges(scene, 'chat-service', 'push')]
    },
    async afterwards({ system, cast: { at, dora } }) {
      const { firebase } = system.servers
      const taken = () => firebase.taken.filter(({ message }) => message.token === device)
      await until('the device is pushed to', () => taken().length > 0, arrivesWithinMs)
      const { data } = await call(at, push.count, { token: dora.token })
      return [`pushes that the device got: ${taken().length}; devices left: ${data.active_tokens_count}`]
    },
  }
}

export const pushes: Part = {
  name: 'pushes',
  promise: 'Everything goes on; pushes wait, their age is told, and go out once they can.',
  scripts: [
    pushScript('refuses connections', ({ system }) => system.servers.lines.pushes.refuse()),
    pushScript('hangs', ({ system }) => system.servers.lines.pushes.freeze()),
  ],
}
