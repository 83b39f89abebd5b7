import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { newId } from '@secureconnect/sql'
import type { StoredMessage } from '../src/log/log-event.ts'
import { anyLaterSeq } from '../src/stores/archive-drops.ts'
import { createRoom } from './create-room.ts'
import { allKeepings, type OpenContext, openOnCassandra, shareContext } from './history-room.ts'

/** A conversation of its own, whose messages a test makes up. */
async function createShelf(context: OpenContext) {
  const conversationId = await createRoom({ context }, [{ userId: newId() }])
  const createdAt = new Date('2026-01-02T03:04:05.678Z')
  const message = (seq: number, more: Partial<StoredMessage> = {}): StoredMessage => ({
    conversationId,
    seq,
    messageId: newId(),
    number: seq,
    applied: 2 ** 40 + seq,
    senderId: newId(),
    content: `text ${seq}`,
    facts: { message_type: 'text', is_encrypted: false, metadata: { mood: 'good', count: 3 } },
    versions: [],
    createdAt,
    editedAt: null,
    deletedAt: null,
    deletionReason: null,
    expiresAt: null,
    ...more,
  })
  const { archive } = context
  const loadOne = async (seq: number) => (await archive.load([{ conversationId, seqs: [seq] }]))[0]
  return { archive, conversationId, message, loadOne }
}

const seqsOf = (messages: readonly StoredMessage[]) => messages.map(({ seq }) => seq)

for (const keeping of allKeepings) {
  suite(`what is promised of an archive holds on ${keeping}`, () => {
    const open = shareContext(keeping)

    test('a message comes back as it was written', async () => {
      const { archive, message, loadOne } = await createShelf(open())
      const at = new Date('2026-02-03T04:05:06.007Z')
      const changed = message(2, {
        content: 'öäü \u{1F600} \u200d \u202e right to left',
        versions: [{ content: 'before', metadata: { a: true }, createdAt: at.toISOString() }],
        editedAt: at,
        expiresAt: new Date(at.getTime() + 1_000),
      })
      const plain = message(1)
      await archive.write([plain, changed])
      assert.deepEqual(await loadOne(1), plain)
      assert.deepEqual(await loadOne(2), changed)
      const { conversationId } = plain
      assert.deepEqual(await archive.locate(changed.messageId), { conversationId, seq: 2 })
      assert.equal(await archive.locate(newId()), undefined)
      assert.equal(await loadOne(3), undefined)
    })

    test('as much as an archiver brings at once comes back whole, whatever the size, and again it changes nothing', async () => {
      const { archive, message, conversationId } = await createShelf(open())
      const [usual, largest] = [message(1), message(2, { content: '\u{1F600}'.repeat(5_000) })]
      const versions = Array.from({ length: 99 }, () => ({
        ...{ content: 'x'.repeat(10_000), metadata: {}, createdAt: usual.createdAt.toISOString() },
      }))
      const changedOften = message(3, { versions, editedAt: usual.createdAt })
      const others = Array.from({ length: 500 }, (_, index) => message(1_800 + index))
      const all = [usual, largest, changedOften, ...others]
      await archive.write(all)
      await archive.write(all)
      const stored = await archive.load([{ conversationId, seqs: all.map(({ seq }) => seq) }])
      assert.deepEqual(
        stored.toSorted((a, b) => a.seq - b.seq),
        all,
      )
      for (const { messageId, seq } of [...all.slice(0, 3), ...all.slice(-12)]) {
        assert.deepEqual(await archive.locate(messageId), { conversationId, seq })
      }
    })

    test('an older state never replaces a newer one, and the same one twice changes nothing', async () => {
      const { archive, message, loadOne } = await createShelf(open())
      const first = message(1)
      const edited = { ...first, content: 'edited', editedAt: new Date(), applied: first.applied + 5 }
      await archive.write([first])
      await archive.write([edited])
      await archive.write([first])
      await archive.write([edited])
      assert.deepEqual(await loadOne(1), edited)
    })

    test('what was deleted stays without text, whoever writes late', async () => {
      const { archive, message, loadOne } = await createShelf(open())
      const first = message(1, { versions: [{ content: 'secret 1', metadata: {}, createdAt: 'then' }] })
      const deleted = {
        ...first,
        content: null,
        versions: [],
        facts: { ...first.facts, metadata: {} },
        applied: first.applied + 9,
        deletedAt: new Date(),
        deletionReason: 'author' as const,
      }
      await archive.write([deleted])
      await archive.write([first])
      await archive.write([{ ...first, content: 'secret 2', applied: first.applied + 8, editedAt: new Date(0) }])
      const kept = await loadOne(1)
      assert.deepEqual({ ...kept, editedAt: null }, deleted)
    })

    test('an epoch counts for more than any seq before it', async () => {
      const { archive, message, loadOne } = await createShelf(open())
      const late = message(1, { applied: 2 ** 40 + 900_000, content: 'undone by a restore' })
      const next = { ...late, applied: 2 * 2 ** 40 + 2, content: 'after the restore' }
      await archive.write([next])
      await archive.write([late])
      assert.equal((await loadOne(1))?.content, 'after the restore')
    })

    test('a range is listed from either end, across partitions', async () => {
      const { archive, message, conversationId } = await createShelf(open())
      await archive.write([1, 2, 1_998, 2_000, 2_001, 3_999, 4_000, 4_007].map((seq) => message(seq)))
      const list = async (range: Partial<Parameters<typeof archive.list>[0]>) => {
        const page = await archive.list({
          ...{ conversationId, afterSeq: 0, throughSeq: 5_000, order: 'newest', rows: 100 },
          ...range,
        })
        return seqsOf(page.messages)
      }
      assert.deepEqual(await list({}), [4_007, 4_000, 3_999, 2_001, 2_000, 1_998, 2, 1])
      assert.deepEqual(await list({ rows: 3 }), [4_007, 4_000, 3_999])
      assert.deepEqual(await list({ throughSeq: 2_000, afterSeq: 1 }), [2_000, 1_998, 2])
      assert.deepEqual(await list({ order: 'oldest', rows: 4 }), [1, 2, 1_998, 2_000])
      assert.deepEqual(await list({ order: 'oldest', afterSeq: 2_000 }), [2_001, 3_999, 4_000, 4_007])
      assert.deepEqual(await list({ throughSeq: 0 }), [])
    })

    test('a long search through places without messages may end early, and says where to go on', async () => {
      const { archive, message, conversationId } = await createShelf(open())
      await archive.write([message(5), message(40_000)])
      for (const order of ['newest', 'oldest'] as const) {
        const found: number[] = []
        let [afterSeq, throughSeq, steps] = [5, 39_999, 0]
        for (let cutAt: number | undefined = 0; cutAt !== undefined; steps++) {
          const page = await archive.list({ conversationId, afterSeq, throughSeq, order, rows: 10 })
          found.push(...seqsOf(page.messages))
          cutAt = page.cutAt
          if (cutAt === undefined) break
          assert.ok(cutAt > afterSeq && cutAt < throughSeq, 'each step gets further')
          if (order === 'newest') throughSeq = cutAt - 1
          else afterSeq = cutAt
        }
        assert.deepEqual(found, [])
        assert.ok(steps <= 5)
      }
    })

    test('what is dropped is gone, what is written later stays, and nobody brings the old back', async () => {
      const { archive, message, conversationId } = await createShelf(open())
      const all = [1, 1_999, 2_000, 3_999, 4_000, 4_001].map((seq) => message(seq))
      await archive.write(all)
      const applied = 2 * 2 ** 40
      const { signal } = new AbortController()
      await archive.drop({ conversationId, afterSeq: 1, throughSeq: 4_000, applied }, signal)
      const rest = { conversationId, afterSeq: 0, throughSeq: 9_999, order: 'oldest', rows: 10 } as const
      assert.deepEqual(seqsOf((await archive.list(rest)).messages), [1, 4_001])
      await archive.write([message(2_000, { applied: applied + 2_000 })])
      await archive.drop({ conversationId, afterSeq: 1, throughSeq: 4_000, applied }, signal)
      assert.deepEqual(seqsOf((await archive.list(rest)).messages), [1, 2_000, 4_001])
      const located = await Promise.all(all.map(({ messageId }) => archive.locate(messageId)))
      assert.deepEqual(
        located.map((place) => place?.seq),
        [1, undefined, undefined, undefined, undefined, 4_001],
      )
    })

    test('a drop without an end takes all that follows, beside what is written later, and stops where it is told to', async () => {
      const { archive, message, conversationId, loadOne } = await createShelf(open())
      const at = new Date()
      const undone = { editedAt: at, versions: [{ content: 'undone', metadata: {}, createdAt: at.toISOString() }] }
      await archive.write([message(1), message(2, undone), message(3, undone), message(2_100), message(9_000)])
      const applied = 2 * 2 ** 40
      const range = { conversationId, afterSeq: 1, throughSeq: anyLaterSeq, applied }
      await assert.rejects(archive.drop({ ...range, throughSeq: 9_000 }, AbortSignal.abort(new Error('enough'))))
      // What was written later is there first: what it does not say must not be taken from what was there before.
      const later = message(3, { applied: applied + 3, content: 'later' })
      await archive.write([later])
      await archive.drop(range, new AbortController().signal)
      assert.deepEqual(await loadOne(3), later)
      const all = { conversationId, afterSeq: 0, throughSeq: 10_000, order: 'oldest', rows: 10 } as const
      assert.deepEqual(seqsOf((await archive.list(all)).messages), [1, 3])
    })

    test('a drop without an end finds what lies beyond any number of places without a message', async () => {
      const { archive, message, conversationId } = await createShelf(open())
      const events = Array.from({ length: 61_000 }, (_, index) => index + 1)
      await archive.pass(events.map((seq) => ({ conversation_id: conversationId, seq, log_epoch: 1 })))
      await archive.write([message(1), message(2), message(61_000)])
      const range = { conversationId, afterSeq: 1, throughSeq: anyLaterSeq, applied: 2 * 2 ** 40 }
      await archive.drop(range, new AbortController().signal)
      const found = await archive.load([{ conversationId, seqs: [1, 2, 61_000] }])
      assert.deepEqual(seqsOf(found), [1])
    })

    test('lists come without earlier texts, single messages with them', async () => {
      const { archive, message, conversationId, loadOne } = await createShelf(open())
      const changed = message(1, { versions: [{ content: 'before', metadata: {}, createdAt: 'then' }] })
      await archive.write([changed])
      for (const order of ['newest', 'oldest'] as const) {
        const page = await archive.list({ conversationId, afterSeq: 0, throughSeq: 9, order, rows: 9 })
        assert.deepEqual(page.messages, [{ ...changed, versions: [] }])
      }
      assert.deepEqual(await loadOne(1), changed)
    })

    test('some of many messages are loaded, wherever they are', async () => {
      const { archive, message, conversationId } = await createShelf(open())
      await archive.write([1, 3_000, 9_000].map((seq) => message(seq)))
      const found = await archive.load([{ conversationId, seqs: [1, 2, 3_000, 9_000, 12_000] }])
      assert.deepEqual(seqsOf(found).sort(), [1, 3_000, 9_000])
      assert.deepEqual(await archive.load([{ conversationId, seqs: [] }]), [])
    })
  })
}

test('a Cassandra that answers and takes no writes says so', async (t) => {
  // More copies than there are servers: nothing can be written, and the server itself is well.
  const fault = { CASSANDRA_KEYSPACE: 'no_writes', CASSANDRA_REPLICATION_FACTOR: '3' }
  const { archive, message } = await createShelf(await openOnCassandra(t, fault))
  assert.deepEqual([archive.isAvailable, archive.takesWrites], [true, true])
  for (let seq = 1; archive.takesWrites && seq < 100; seq++) {
    await assert.rejects(archive.write([message(seq)]), { code: 'HISTORY_UNAVAILABLE' })
  }
  assert.deepEqual([archive.isAvailable, archive.takesWrites], [true, false])
})
