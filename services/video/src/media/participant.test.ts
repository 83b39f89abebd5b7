import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallStanding } from '@secureconnect/protocol'
import type { Connection } from '@secureconnect/service'
import { Participant } from './participant.ts'

const standing: CallStanding = { role: 'speaker', held_sources: [], hand_raised_at: null }

/** A line that breaks as soon as something is written to it. */
function breakingLine(): Connection {
  const line = {
    isClosing: false,
    deliverPaced: async () => {
      line.isClosing = true
    },
    close: () => undefined,
  }
  return line as unknown as Connection
}

test('a line that breaks while its person is told what he missed is his, so that he is missed when it is gone', async () => {
  const participant = new Participant({ id: 'a', userId: 'ada', joinedAt: new Date(), standing })
  participant.push({ type: 'media.reset' })
  const connection = breakingLine()
  await participant.resume({ connection, fromSeq: 0, isCurrent: () => true })
  assert.equal(participant.connection, connection)
})
