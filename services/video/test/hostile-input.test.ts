import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Operation } from '@secureconnect/protocol'
import { createInput, testHostileInput } from '@secureconnect/test/helpers'
import { createScene, fixtures, namedValues } from './scene.ts'
import { shareVideo } from './test-video.ts'

const secret = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/

suite('hostile input to calls', () => {
  const shared = shareVideo('pglite')

  /** Good input of somebody new, who may do it, to be spoilt and sent. */
  async function prepare(operation: Operation) {
    const scene = await createScene(shared())
    const known = fixtures[operation.name]?.input?.(scene) ?? {}
    return { good: createInput(operation, { ...known, named: namedValues(scene) }), token: scene.owner.token }
  }

  testHostileInput({ service: 'video-service', address: () => shared().address, prepare })

  test('none of it was a fault of ours, and no secret was logged', () => {
    const { lines } = shared()
    assert.deepEqual(
      lines.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    )
    assert.doesNotMatch(JSON.stringify(lines), secret)
  })
})
