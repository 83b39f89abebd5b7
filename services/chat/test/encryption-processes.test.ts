import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { scale } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { claim, createKeyPackages, registerDevice, startDevice, upload } from './device-keys.ts'
import { listEvents } from './list-events.ts'
import { commit, createCommit, createSealedGroup, getConversation } from './sealed-groups.ts'
import { createPeople, createPerson, type Person } from './test-chat.ts'
import { shareTwoProcesses } from './two-processes.ts'

const Count = Type.Object({ count: column.integer })

suite('encryption at two processes', () => {
  const shared = shareTwoProcesses()

  test('200 parallel claims on 100 keys at two processes: 100 distinct ones, and for the others the flagged last resort', async () => {
    const { chat, ask } = shared()
    const [claims, keys] = [scale(200, 60), scale(100, 30)]
    const target = await createPerson(chat)
    const { lastResort, given } = await startDevice(chat, target, { count: keys })
    const claimers = await createPeople(chat, claims)
    const answers = await Promise.all(
      claimers.map((claimer, index) => ask(index, (at) => claim(at, claimer, [target]))),
    )
    const taken = answers.flatMap(({ data }) => data.keys)
    const distinct = new Set(taken.filter((key) => !key.is_last_resort).map(({ key_package }) => key_package))
    const packages = given.key_packages.map(({ key_package }) => key_package)
    assert.deepEqual(distinct, new Set(packages))
    const others = taken.filter((key) => key.is_last_resort)
    assert.deepEqual([taken.length, others.length], [claims, claims - keys])
    assert.ok(others.every(({ key_package }) => key_package === lastResort))
  })

  test('no key goes out twice while processes are killed between a claim and its answer, and its device brings it again', async (t) => {
    const { chat, ask, kill } = shared()
    const [claims, keys] = [scale(200, 60), scale(100, 30)]
    const target = await createPerson(chat)
    const { given, lastResort } = await startDevice(chat, target, { count: keys })
    const claimers = await createPeople(chat, claims)
    let answered = 0
    const claimOne = async (claimer: Person, index: number) => {
      const answer = await ask(index, (at) => claim(at, claimer, [target]))
      answered += 1
      // A process dies while many claims are under way at it; the device, which cannot know, uploads all its keys anew.
      if (answered === Math.floor(claims / 10) || answered === Math.floor(claims / 4)) {
        await kill(answered % 2)
        await ask(index, (at) => upload(at, target, given))
      }
      return answer
    }
    const answers = await Promise.all(claimers.map(claimOne))
    const taken = answers.flatMap(({ data }) => data.keys)
    assert.equal(taken.length, claims)
    const once = taken.filter((key) => !key.is_last_resort).map(({ key_package }) => key_package)
    assert.equal(new Set(once).size, once.length)
    for (const key of taken) assert.equal(key.is_last_resort, key.key_package === lastResort)
    // What went out and never arrived is used up all the same.
    const { sql } = chat.context
    const { count: out } = await sql.one(Count)`
      select count(*) as count from handed_out_keys where user_id = ${target.userId}`
    const { count: left } = await sql.one(Count)`
      select count(*) as count from one_time_keys where user_id = ${target.userId} and kind = 'key_package'
        and not is_last_resort`
    t.diagnostic(`${out} handed out, ${once.length} arrived, ${left} left`)
    assert.ok(out >= once.length)
    assert.equal(out + left, keys)
    const [fresh] = createKeyPackages(1)
    assert.ok(fresh)
    const more = await upload(chat, target, { identity_key: given.identity_key, key_packages: [fresh] })
    assert.equal(more.data.key_packages, left + 1)
  })

  test('50 racing commits: one winner in each epoch, and who lost his answer with his process is told that he won', async () => {
    const { chat, ask, kill } = shared()
    const [racers, epochs] = [scale(50, 12), 4]
    const people = await createPeople(chat, racers)
    const [owner, ...members] = people
    assert.ok(owner)
    const id = await createSealedGroup(chat, owner, members)
    const results: Awaited<ReturnType<typeof commit>>[] = []
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const race = people.map(async (person, index) => {
        const made = createCommit(epoch)
        const answer = await ask(index, (at) => commit(at, person, id, made))
        if (answer.status === 201) assert.equal(answer.data.sender_id, person.userId)
        return answer
      })
      // Whoever it was that won at the one that dies, his answer may be lost: he asks again with the same client_id.
      if (epoch % 2 === 0) await Promise.race(race).then(() => kill(epoch % 4 === 0 ? 0 : 1))
      const answers = await Promise.all(race)
      const winners = answers.filter(({ status }) => status === 201)
      assert.deepEqual(
        [winners.length, winners[0]?.data.group_epoch],
        [1, epoch + 1],
        JSON.stringify(answers.map(({ code }) => code)),
      )
      assert.equal(answers.filter(({ code }) => code === 'EPOCH_CONFLICT').length, racers - 1)
      results.push(...winners)
    }
    const events = (await listEvents(chat.context.sql, { conversationId: id })).filter(
      ({ kind }) => kind === 'group.commit',
    )
    assert.deepEqual(
      events.slice(1).map(({ data, seq }) => [data.group_epoch, data.commit_id, seq]),
      results.map(({ data }) => [data.group_epoch, data.commit_id, data.seq]),
    )
    assert.equal((await getConversation(chat, owner, id)).group_epoch, epochs + 1)
  })

  test('a commit whose process dies right after it is answered at the other one with what it brought about', async () => {
    const { chat, ask, kill } = shared()
    const [owner, newcomer] = [await createPerson(chat), await createPerson(chat)]
    await registerDevice(chat, newcomer)
    const id = await createSealedGroup(chat, owner)
    const made = createCommit(1, { add_user_ids: [newcomer.userId] })
    const first = await ask(0, (at) => commit(at, owner, id, made))
    await kill(0)
    const second = await ask(1, (at) => commit(at, owner, id, made))
    assert.deepEqual(second.data, first.data)
    assert.deepEqual([second.status, (await getConversation(chat, newcomer, id)).member_count], [201, 2])
  })
})
