import { type TestContext, test } from 'node:test'
import { mediaWorker } from '@secureconnect/test/stack'
import { type House, openHouse } from './visitors.ts'
import { callEachOther } from './visits/calls.ts'
import { signUpAndWrite } from './visits/chat.ts'
import { sendFiles } from './visits/files.ts'
import { settleOwn } from './visits/settings.ts'
import { talk } from './visits/talk.ts'

const visits: Readonly<Record<string, (t: TestContext, house: House) => Promise<void>>> = {
  'people sign up, find each other and write': signUpAndWrite,
  'people talk: they answer, change, find and mark what was said': talk,
  'people send each other files': sendFiles,
  'people call each other': callEachOther,
  'people settle what is theirs': settleOwn,
}

/** Little room, so that it is full soon; and as often as programs of a test ask. */
const settings = {
  MAX_FILE_BYTES: '3000000',
  QUOTA_BYTES: '6000000',
  RATELIMIT_ACCOUNT_CHANGE: '600',
  RATELIMIT_UPLOADS: '600',
  RATELIMIT_CALLS_INITIATE: '600',
  RATELIMIT_CALLS_JOIN: '600',
}

// One system and one browser for all of them: to start these takes longer than most of what is tried with them.
test('people use the client', async (t) => {
  const house = await openHouse(t, { ...settings, MEDIASOUP_WORKER_BIN: await mediaWorker() })
  for (const [what, visit] of Object.entries(visits)) {
    await t.test(what, async (part) => {
      part.after(() => house.leave())
      await visit(part, house)
    })
  }
})
