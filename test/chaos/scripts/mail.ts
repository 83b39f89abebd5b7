import assert from 'node:assert/strict'
import { accounts } from '@secureconnect/protocol'
import { newPerson } from '../../e2e/slice.ts'
import { call } from '../../services/index.ts'
import type { Part, Scene, Script } from '../script.ts'
import { assertAges } from '../signs.ts'

const arrivesWithinMs = 60_000
const notAgainWithinMs = 3_000

/** Somebody signs up while no mail goes out; once it does, he gets his. */
function mailScript(fault: string, fail: (scene: Scene) => void): Script {
  const person = newPerson()
  return {
    fault: `the mail server ${fault}`,
    strike: async (scene) => fail(scene),
    heal: ({ system }) => system.servers.lines.mail.heal(),
    async meanwhile(scene) {
      const { status } = await call(scene.cast.at, accounts.register, { body: person })
      assert.equal(status, 201, 'who signs up notices nothing')
      return [await assertAges(scene, 'auth-service', 'mail')]
    },
    async afterwards({ system }) {
      const { mail } = system.servers
      await mail.nextMail({ to: person.email, withinMs: arrivesWithinMs })
      await assert.rejects(mail.nextMail({ to: person.email, withinMs: notAgainWithinMs }), 'it comes once')
      return ['the mail came, once']
    },
  }
}

export const mail: Part = {
  name: 'mail',
  promise: 'Everything goes on, signing up too; mails wait, their age is told, and each goes out once.',
  scripts: [
    mailScript('refuses connections', ({ system }) => system.servers.lines.mail.refuse()),
    mailScript('hangs', ({ system }) => system.servers.lines.mail.freeze()),
  ],
}
