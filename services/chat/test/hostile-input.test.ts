import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Operation } from '@secureconnect/protocol'
import { createInput, testHostileInput } from '@secureconnect/test/helpers'
import { createAdministrator, createScene, fixtures, namedValues } from './scene.ts'
import { shareChat } from './test-chat.ts'

const secret = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/

suite('hostile input to conversations', () => {
  const shared = shareChat('postgres')

  /** Good input of somebody new, who may do it, to be spoilt and sent. */
  async function prepare(operation: Operation) {
    const scene = await createScene(shared())
    const known = fixtures[operation.name]?.input?.(scene) ?? {}
    const { token } = operation.caller === 'admin' ? await createAdministrator(shared()) : scene.owner
    return { good: createInput(operation, { ...known, named: namedValues(scene) }), token }
  }

  testHostileInput({ service: 'chat-service', address: () => shared().address, prepare })

  test('none of it was a fault of ours, and no secret was logged', () => {
    const { lines } = shared()
    assert.deepEqual(
      lines.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    )
    assert.doesNotMatch(JSON.stringify(lines), secret)
  })
})
