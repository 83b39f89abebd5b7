import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Message, messages, polls, reactions, receipts } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { prepareProcesses } from './chat-process.ts'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { range, send } from './live-room.ts'
import { call, createPeople, onServers, type Person, startChatOn } from './test-chat.ts'

const writers = 50
const emoji = ['👍', '🎉', '😮'] as const

/** As clients do: once more after a while, where there is too much to do just now; each of these may be repeated. */
async function insist<A extends { status: number; error: { retry_after_ms?: number } }>(
  ask: () => Promise<A>,
): Promise<A> {
  for (;;) {
    const answer = await ask()
    if (answer.status < 500) return answer
    await delay(answer.error.retry_after_ms ?? 1_000)
  }
}

test('votes, reactions and receipts under 50 parallel writers on two processes: totals exact, pointers monotone', async (t) => {
  const database = await createMigratedDatabase(t)
  const chat = await startChatOn(t, await onServers(database))
  const { sql } = chat.context
  const start = await prepareProcesses(t, database)
  const processes = await Promise.all([start(), start()])
  const people = await createPeople(chat, writers)
  const [author] = people
  assert.ok(author)
  const room = await createRoom(chat, people)
  const sent: Message[] = []
  for (const _ of range(1, 20)) sent.push(await send(chat, author, room))
  const [message] = sent
  assert.ok(message)
  const { message_id } = message
  const asked = { question: 'Which?', options: ['a', 'b', 'c'], poll_type: 'single', allow_vote_change: true } as const
  const { data: poll } = await call(chat, polls.create, {
    token: author.token,
    body: { conversation_id: room, ...asked },
  })
  const options = poll.options.map(({ option_id }) => option_id)
  const rounds = scale(10, 4)

  /** Each does everything again and again, at whichever process; the last round decides. */
  const work = async ({ token }: Person, index: number): Promise<number[]> => {
    const pointers = []
    for (const round of range(1, rounds)) {
      const at = { address: processes[(index + round) % 2]?.address ?? '' }
      const choice = options[(index + round) % options.length] ?? ''
      const vote = { token, body: { poll_id: poll.poll_id, option_ids: [choice] } }
      const mark = { token, params: { message_id, emoji: emoji[index % emoji.length] ?? '' } }
      const seq = sent[(index * 7 + round * 11) % sent.length]?.seq ?? 0
      const place = { token, body: { conversation_id: room, seq } }
      const [voted, marked, read, delivered] = await Promise.all([
        insist(() => call(at, polls.vote, vote)),
        insist(() => call(at, round % 2 === rounds % 2 ? reactions.add : reactions.remove, mark)),
        insist(() => call(at, messages.read, place)),
        insist(() => call(at, receipts.deliver, place)),
      ])
      const statuses = [voted, marked, read, delivered].map(({ status }) => status)
      assert.deepEqual(statuses, [200, 200, 200, 200], JSON.stringify([voted, marked, read, delivered]))
      pointers.push(read.data.read_seq)
    }
    return pointers
  }
  const pointers = await Promise.all(people.map(work))

  for (const one of pointers)
    assert.deepEqual(
      one,
      one.toSorted((a, b) => a - b),
    )
  const tally = (count: number, of: (index: number) => number) =>
    range(0, count - 1).map((value) => people.filter((_, index) => of(index) === value).length)
  const votes = tally(options.length, (index) => (index + rounds) % options.length)
  const standing = (await call(chat, polls.get, { token: author.token, params: { poll_id: poll.poll_id } })).data
  assert.deepEqual([standing.options.map(({ vote_count }) => vote_count), standing.voter_count], [votes, writers])
  const marks = tally(emoji.length, (index) => index % emoji.length)
  const read = (await call(chat, messages.get, { token: author.token, params: { message_id } })).data
  const shown = new Map(read.reactions?.map(({ emoji, count }) => [emoji, count]))
  assert.deepEqual(
    emoji.map((one) => shown.get(one)),
    marks,
  )

  const events = await listEvents(sql, { conversationId: room })
  assert.deepEqual(
    events.map(({ seq }) => seq),
    range(1, events.length),
  )
  const last = events.findLast(({ kind }) => kind === 'poll.updated')
  assert.deepEqual(
    last?.data.options,
    standing.options.map(({ option_id, vote_count }) => ({ option_id, vote_count })),
  )
  for (const [index, one] of emoji.entries()) {
    let count = 0
    for (const { kind, data } of events.filter(({ data }) => data.emoji === one)) {
      count += kind === 'reaction.added' ? 1 : -1
      assert.equal(data.count, count)
    }
    assert.equal(count, marks[index])
  }
  const far = await call(chat, receipts.listOfConversation, { token: author.token, params: { conversation_id: room } })
  const farthest = new Map(people.map(({ userId }, index) => [userId, Math.max(...(pointers[index] ?? []))]))
  for (const { user_id, read_seq, delivered_seq } of far.data.receipts)
    assert.deepEqual([read_seq, delivered_seq], [farthest.get(user_id), farthest.get(user_id)])
  assert.equal(far.data.receipts.length, writers - 1)
})
