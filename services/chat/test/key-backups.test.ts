import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { deleteBackup, findBackup, newBackup, openBackup, saveBackup } from './key-backups.ts'
import { createPerson, engines, shareChat } from './test-chat.ts'

for (const engine of engines) {
  suite(`key backups on ${engine}`, () => {
    const shared = shareChat(engine)

    test('one is replaced by the one that follows it and no other, and the same again is no fault', async () => {
      const chat = shared()
      const [ada, eve] = [await createPerson(chat), await createPerson(chat)]
      assert.equal((await findBackup(chat, ada)).code, 'NOT_FOUND')
      const [first, second] = [newBackup(), newBackup()]
      assert.equal((await saveBackup(chat, ada, first, 1)).code, 'CONFLICT')
      assert.equal((await saveBackup(chat, ada, first)).data.version, 1)
      assert.equal((await saveBackup(chat, ada, first)).status, 200)
      assert.equal((await saveBackup(chat, ada, second)).code, 'CONFLICT')
      const two = await saveBackup(chat, ada, second, 1)
      assert.deepEqual((await saveBackup(chat, ada, second, 1)).data, two.data)
      const many = await Promise.all(Array.from({ length: 10 }, () => saveBackup(chat, ada, newBackup(), 2)))
      assert.equal(many.filter(({ status }) => status === 200).length, 1)
      assert.equal((await findBackup(chat, eve)).code, 'NOT_FOUND')
    })

    test('one has its bounds', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const most = 'AAAA'.repeat(limits.keyBackupCharacters / 4)
      assert.equal((await saveBackup(chat, ada, { ...newBackup(), backup: most })).status, 200)
      const wrong = [{ backup: `${most}AAAA` }, { backup: 'no base64' }, { proof: 'AAAA' }, { kdf: 'x'.repeat(300) }]
      for (const one of wrong)
        assert.equal((await saveBackup(chat, ada, { ...newBackup(), ...one }, 1)).code, 'VALIDATION_ERROR')
    })

    test('is handed out to who knows its passphrase, and nothing of it to anybody else', async () => {
      const chat = shared()
      const [ada, eve] = [await createPerson(chat), await createPerson(chat)]
      const kept = newBackup()
      const { kdf, backup } = kept
      const saved = (await saveBackup(chat, ada, kept)).data
      assert.deepEqual((await findBackup(chat, ada)).data, { ...saved, kdf, tries_left: limits.keyBackupTries })
      assert.deepEqual((await openBackup(chat, ada, kept.proof)).data, { ...saved, kdf, backup })
      const wrong = await openBackup(chat, ada, newBackup().proof)
      assert.equal(wrong.code, 'FORBIDDEN')
      assert.equal((await findBackup(chat, ada)).data.tries_left, limits.keyBackupTries - 1)
      assert.ok(!JSON.stringify(wrong).includes(backup))
      assert.equal((await openBackup(chat, eve, kept.proof)).code, 'NOT_FOUND')
      assert.ok(!JSON.stringify(chat.lines).includes(kept.proof))
      assert.equal((await deleteBackup(chat, ada)).status, 200)
      assert.equal((await deleteBackup(chat, ada)).code, 'NOT_FOUND')
      assert.equal((await openBackup(chat, ada, kept.proof)).code, 'NOT_FOUND')
    })

    test('may be asked for wrongly so often a day, however many ask at once, and then not even rightly', async () => {
      const chat = shared()
      const { sql } = chat.context
      const ada = await createPerson(chat)
      const kept = newBackup()
      await saveBackup(chat, ada, kept)
      // What is right counts for nothing.
      for (let time = 0; time < 3; time += 1) assert.equal((await openBackup(chat, ada, kept.proof)).status, 200)
      const guess = () => openBackup(chat, ada, newBackup().proof)
      const guesses = await Promise.all(Array.from({ length: limits.keyBackupTries + 5 }, guess))
      const codes = guesses.map(({ code }) => code)
      assert.equal(codes.filter((code) => code === 'FORBIDDEN').length, limits.keyBackupTries)
      assert.equal(codes.filter((code) => code === 'RATE_LIMITED').length, 5)
      assert.equal((await findBackup(chat, ada)).data.tries_left, 0)
      const late = await openBackup(chat, ada, kept.proof)
      assert.equal(late.code, 'RATE_LIMITED')
      assert.ok(late.error.retry_after_ms > 80_000_000, JSON.stringify(late.error))
      // A new backup of the same person is no way around that.
      await saveBackup(chat, ada, kept, 1)
      assert.equal((await openBackup(chat, ada, kept.proof)).code, 'RATE_LIMITED')
      await sql.execute`
        update key_backups set tries_began_at = clock_timestamp() - interval '25 hours' where user_id = ${ada.userId}`
      assert.equal((await findBackup(chat, ada)).data.tries_left, limits.keyBackupTries)
      assert.equal((await openBackup(chat, ada, kept.proof)).status, 200)
    })
  })
}
