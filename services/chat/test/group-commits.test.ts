import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { commits, conversations, devices, limits, messages } from '@secureconnect/protocol'
import { registerDevice, startDevice } from './device-keys.ts'
import { createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { commit, createCommit, createSealedGroup, getConversation, sealed, sendSealed } from './sealed-groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const leave = (chat: Chat, { token, userId }: Person, conversation_id: string) =>
  call(chat, conversations.removeParticipant, { token, params: { conversation_id, user_id: userId } })

const getCommit = (chat: Chat, { token }: Person, conversation_id: string, commit_id: string) =>
  call(chat, commits.get, { token, params: { conversation_id, commit_id } })

async function listKinds(chat: Chat, conversationId: string, afterSeq: number) {
  const events = await listEvents(chat.context.sql, { conversationId, afterSeq })
  return events.map(({ kind, seq }) => `${seq} ${kind}`)
}

for (const engine of engines) {
  suite(`group commits on ${engine}`, () => {
    const shared = shareChat(engine)
    const createPeople = (count: number) => Promise.all(Array.from({ length: count }, () => createPerson(shared())))
    const startGroup = async (count = 2) => {
      const chat = shared()
      const [ada, bob, ...others] = await createPeople(count)
      assert.ok(ada && bob)
      return { chat, ada, bob, others, id: await createSealedGroup(chat, ada, [bob, ...others]) }
    }

    test('nothing is sent before the first commit, and then only with the keys of its epoch', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople(2)
      assert.ok(ada && bob)
      const id = await createGroup(chat, ada, [bob], { is_e2ee_enabled: true })
      assert.equal((await getConversation(chat, ada, id)).rekey_required, true)
      assert.equal((await sendSealed(chat, ada, id, 0)).code, 'EPOCH_CONFLICT')
      await registerDevice(chat, ada)
      const { status, data } = await commit(chat, ada, id, createCommit(0))
      assert.deepEqual([status, data.group_epoch, data.seq, data.sender_id], [201, 1, 3, ada.userId])
      const { rekey_required, group_epoch } = await getConversation(chat, bob, id)
      assert.deepEqual([rekey_required, group_epoch], [false, 1])
      for (const stale of [0, 2]) assert.equal((await sendSealed(chat, bob, id, stale)).code, 'EPOCH_CONFLICT')
      const sent = await sendSealed(chat, bob, id, 1)
      assert.deepEqual([sent.status, sent.data.group_epoch], [201, 1])
    })

    test('nothing plain gets into an encrypted conversation, beside a message or in its place', async () => {
      const { chat, ada, id } = await startGroup()
      const send = async (more: object) => {
        const common = { conversation_id: id, content: sealed('words'), message_type: 'text' }
        return (await call(chat, messages.send, { token: ada.token, body: { ...common, ...more } })).code
      }
      assert.equal(await send({}), 'E2EE_REQUIRED')
      assert.equal(await send({ is_encrypted: true }), 'VALIDATION_ERROR')
      assert.equal(await send({ is_encrypted: true, group_epoch: 1, content: 'words!' }), 'VALIDATION_ERROR')
      assert.equal(
        await send({ is_encrypted: true, group_epoch: 1, metadata: { caption: 'words' } }),
        'VALIDATION_ERROR',
      )
      assert.equal(await send({ is_encrypted: true, group_epoch: 1 }), undefined)
      const plain = await createGroup(chat, ada)
      const body = { conversation_id: plain, content: 'words', message_type: 'text', group_epoch: 1 } as const
      assert.equal((await call(chat, messages.send, { token: ada.token, body })).code, 'VALIDATION_ERROR')
    })

    test('members come and go by a commit, with their welcomes, as one', async (t) => {
      const { chat, ada, bob, others, id } = await startGroup(3)
      const [carol] = others
      const eve = await createPerson(chat)
      assert.ok(carol)
      const device_id = await registerDevice(chat, eve)
      const [eves, bobs] = [await TestSocket.open(t, chat, eve), await TestSocket.open(t, chat, bob)]
      await bobs.subscribe({ [id]: null })
      const { last_seq } = await getConversation(chat, ada, id)
      const made = createCommit(1, {
        add_user_ids: [eve.userId],
        remove_user_ids: [bob.userId],
        welcomes: [{ ciphertext: sealed('welcome'), to: [{ user_id: eve.userId, device_id }] }],
      })
      const { data } = await commit(chat, ada, id, made)
      assert.deepEqual(await listKinds(chat, id, last_seq), [
        `${last_seq + 1} member.left`,
        `${last_seq + 2} group.commit`,
        `${last_seq + 3} member.joined`,
      ])
      assert.equal(data.seq, last_seq + 2)
      const welcome = await eves.next(({ type }) => type === 'device.message')
      assert.deepEqual(
        [welcome.ciphertext, welcome.conversation_id, welcome.commit_id],
        [sealed('welcome'), id, data.commit_id],
      )
      const { welcome: fetched, commit: bytes } = (await getCommit(chat, eve, id, data.commit_id)).data
      assert.deepEqual([fetched, bytes], [sealed('welcome'), made.commit])
      assert.equal((await getCommit(chat, carol, id, data.commit_id)).data.welcome, null)
      // Who is out sees that he is, and nothing after it; who is in sees nothing from before.
      await bobs.next(({ type }) => type === 'conversation.removed')
      assert.equal(bobs.seqs(id).at(-1), last_seq + 1)
      assert.equal((await getCommit(chat, bob, id, data.commit_id)).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await getConversation(chat, eve, id)).visible_from, last_seq + 1)
      assert.equal((await sendSealed(chat, eve, id, 2)).status, 201)
    })

    test('members see which devices belong into their group, and who has to go out of it', async () => {
      const { chat, ada, bob, id } = await startGroup()
      const list = (person: Person, conversation_id = id) =>
        call(chat, devices.listOfConversation, { token: person.token, params: { conversation_id } })
      const { device_id, identity } = await startDevice(chat, ada, { count: 1 })
      const known = [{ user_id: ada.userId, device_id, identity_key: identity.identityKey }]
      const current = { group_epoch: 1, rekey_required: false, departed_ids: [], devices: known }
      assert.deepEqual((await list(ada)).data, current)
      await leave(chat, bob, id)
      assert.deepEqual((await list(ada)).data, { ...current, rekey_required: true, departed_ids: [bob.userId] })
      assert.equal((await list(bob)).code, 'CONVERSATION_NOT_FOUND')
      assert.equal((await list(ada, await createGroup(chat, ada))).code, 'CONFLICT')
      assert.equal((await call(chat, devices.listOfConversation, { params: { conversation_id: id } })).status, 401)
    })

    test('everybody in a group hears of a commit as an event in its place, of a long one where to fetch it', async (t) => {
      const { chat, ada, bob, id } = await startGroup()
      const socket = await TestSocket.open(t, chat, bob)
      await socket.subscribe({ [id]: null })
      const short = createCommit(1)
      const { ok, data } = await (await TestSocket.open(t, chat, ada)).request('group.commit', {
        conversation_id: id,
        ...short,
      })
      assert.ok(ok)
      const { commit_id } = data as { commit_id: string }
      const long = createCommit(2, { commit: randomBytes(limits.inlineCommitCharacters).toString('base64') })
      const answer = await commit(chat, ada, id, long)
      assert.equal(answer.status, 201)
      await socket.reach(id, answer.data.seq)
      const common = { by: ada.userId, added_ids: [], removed_ids: [] }
      assert.deepEqual(
        socket.events(id).map((event) => event.data),
        [
          { ...common, commit_id, group_epoch: 2, commit: short.commit },
          { ...common, commit_id: answer.data.commit_id, group_epoch: 3, commit: null },
        ],
      )
      const fetched = await getCommit(chat, bob, id, answer.data.commit_id)
      assert.deepEqual([fetched.data.commit, fetched.data.group_info], [long.commit, long.group_info])
      assert.equal((await getCommit(chat, bob, id, commit_id)).data.group_info, null)
      const query = { after_epoch: 1, limit: 1 }
      const listed = await call(chat, commits.list, { token: bob.token, params: { conversation_id: id }, query })
      assert.deepEqual(
        [listed.data.commits.map((one) => [one.group_epoch, one.commit]), listed.data.has_more],
        [[[2, short.commit]], true],
      )
    })

    test('the same commit again gets the first answer, whatever came since; another under its id is refused', async () => {
      const { chat, ada, bob, id } = await startGroup()
      const first = createCommit(1)
      const { data } = await commit(chat, ada, id, first)
      await commit(chat, bob, id, createCommit(2))
      assert.deepEqual((await commit(chat, ada, id, first)).data, data)
      const { client_id } = first
      assert.equal((await commit(chat, ada, id, createCommit(3, { client_id }))).code, 'IDEMPOTENCY_MISMATCH')
      // Ids are each sender's own.
      assert.equal((await commit(chat, bob, id, createCommit(3, { client_id }))).status, 201)
    })

    test('a commit that comes too late changes nothing', async () => {
      const { chat, ada, bob, id } = await startGroup()
      const eve = await createPerson(chat)
      await commit(chat, bob, id, createCommit(1))
      const before = await getConversation(chat, ada, id)
      for (const epoch of [0, 1, 3]) {
        const late = await commit(chat, ada, id, createCommit(epoch, { add_user_ids: [eve.userId] }))
        assert.equal(late.code, 'EPOCH_CONFLICT')
      }
      assert.deepEqual(await getConversation(chat, ada, id), before)
    })

    test('after somebody left nothing is sent until a commit takes out his keys', async () => {
      const { chat, ada, bob, others, id } = await startGroup(4)
      const [carol, dan] = others
      assert.ok(carol && dan)
      await leave(chat, carol, id)
      assert.equal((await getConversation(chat, ada, id)).rekey_required, true)
      assert.equal((await sendSealed(chat, ada, id, 1)).code, 'EPOCH_CONFLICT')
      // Made before he left: it would let him read on.
      assert.equal((await commit(chat, bob, id, createCommit(1))).code, 'EPOCH_CONFLICT')
      await leave(chat, dan, id)
      const [one, both] = [[carol.userId], [carol.userId, dan.userId]]
      assert.equal((await commit(chat, bob, id, createCommit(1, { remove_user_ids: one }))).code, 'EPOCH_CONFLICT')
      assert.equal((await commit(chat, bob, id, createCommit(1, { remove_user_ids: both }))).status, 201)
      assert.equal((await sendSealed(chat, ada, id, 2)).status, 201)
      assert.equal((await commit(chat, bob, id, createCommit(2))).status, 201)
    })

    test('who changes members by a commit needs the rights for it; every member may change the keys', async () => {
      const { chat, ada, bob, others, id } = await startGroup(3)
      const [carol] = others
      const eve = await createPerson(chat)
      assert.ok(carol)
      const code = async (who: Person, more: object = {}, where = id) =>
        (await commit(chat, who, where, createCommit(1, more))).code
      assert.equal(await code(bob, { add_user_ids: [eve.userId] }), 'FORBIDDEN')
      assert.equal(await code(bob, { remove_user_ids: [carol.userId] }), 'FORBIDDEN')
      assert.equal(await code(bob, { remove_user_ids: [ada.userId] }), 'FORBIDDEN')
      assert.equal(await code(eve), 'CONVERSATION_NOT_FOUND')
      assert.equal(await code(ada, { remove_user_ids: [ada.userId] }), 'VALIDATION_ERROR')
      const both = { add_user_ids: [bob.userId], remove_user_ids: [bob.userId] }
      assert.equal(await code(ada, both), 'VALIDATION_ERROR')
      assert.equal(await code(ada, { remove_user_ids: [eve.userId] }), 'USER_NOT_FOUND')
      assert.equal(await code(ada, { add_user_ids: [randomUUID()] }), 'USER_NOT_FOUND')
      const { sql } = chat.context
      await sql.execute`insert into blocks (user_id, blocked_id) values (${eve.userId}, ${ada.userId})`
      assert.equal(await code(ada, { add_user_ids: [eve.userId] }), 'BLOCKED')
      const plain = await createGroup(chat, ada)
      assert.equal(await code(ada, {}, plain), 'CONFLICT')
      await sql.execute`update devices set session_id = null where user_id = ${carol.userId}`
      assert.equal(await code(carol), 'NOT_FOUND')
      assert.equal(await code(bob), undefined)
    })

    test('welcomes go to devices of members only, each once, or nothing of the commit happens', async () => {
      const { chat, ada, id } = await startGroup()
      const [eve, far] = await createPeople(2)
      assert.ok(eve && far)
      const [near, strange] = [await registerDevice(chat, eve), await registerDevice(chat, far)]
      const add_user_ids = [eve.userId]
      const place = { user_id: eve.userId, device_id: near }
      const code = async (...to: { user_id: string; device_id: string }[]) => {
        const welcomes = [{ ciphertext: sealed('welcome'), to }]
        return (await commit(chat, ada, id, createCommit(1, { add_user_ids, welcomes }))).code
      }
      assert.equal(await code(place, { ...place, device_id: strange }), 'NOT_FOUND')
      assert.equal(await code(place, { user_id: far.userId, device_id: strange }), 'USER_NOT_FOUND')
      assert.equal(await code(place, place), 'VALIDATION_ERROR')
      const { member_count, group_epoch } = await getConversation(chat, ada, id)
      assert.deepEqual([member_count, group_epoch], [2, 1])
      assert.equal(await code(place), undefined)
    })

    test(`an encrypted group is for ${limits.membersPerEncryptedConversation} people, and one may come as another goes`, async () => {
      const { chat, ada, bob, id } = await startGroup()
      const eve = await createPerson(chat)
      await chat.context.sql.execute`update conversations set member_count = 250 where conversation_id = ${id}`
      const add_user_ids = [eve.userId]
      assert.equal((await commit(chat, ada, id, createCommit(1, { add_user_ids }))).code, 'LIMIT_REACHED')
      const exchange = { add_user_ids, remove_user_ids: [bob.userId] }
      assert.equal((await commit(chat, ada, id, createCommit(1, exchange))).status, 201)
    })

    test('who came later fetches no commit from before, and nobody one that is too long or not there', async () => {
      const { chat, ada, id } = await startGroup()
      const eve = await createPerson(chat)
      const { data } = await commit(chat, ada, id, createCommit(1))
      await commit(chat, ada, id, createCommit(2, { add_user_ids: [eve.userId] }))
      assert.equal((await getCommit(chat, eve, id, data.commit_id)).code, 'NOT_FOUND')
      const listed = await call(chat, commits.list, { token: eve.token, params: { conversation_id: id } })
      assert.deepEqual(
        listed.data.commits.map(({ group_epoch }) => group_epoch),
        [3],
      )
      assert.equal((await getCommit(chat, ada, id, randomUUID())).code, 'NOT_FOUND')
      const long = createCommit(3, { commit: randomBytes(800_000).toString('base64') })
      assert.equal((await commit(chat, ada, id, long)).code, 'PAYLOAD_TOO_LARGE')
    })

    test('who left an encrypted direct conversation comes back when the other one writes, who then commits', async () => {
      const chat = shared()
      const [ada, bob] = await createPeople(2)
      assert.ok(ada && bob)
      const body = { type: 'direct', participant_ids: [bob.userId], is_e2ee_enabled: true } as const
      const { conversation_id: id } = (await call(chat, conversations.create, { token: ada.token, body })).data
      await registerDevice(chat, ada)
      await commit(chat, ada, id, createCommit(0))
      await leave(chat, bob, id)
      assert.equal((await sendSealed(chat, ada, id, 1)).code, 'EPOCH_CONFLICT')
      assert.equal((await getConversation(chat, bob, id)).member_count, 2)
      assert.equal((await commit(chat, ada, id, createCommit(1))).status, 201)
      assert.equal((await sendSealed(chat, ada, id, 2)).status, 201)
    })
  })
}
