import { type TestContext, test } from 'node:test'
import { startFakeFirebase } from '@secureconnect/push/testing'
import { webApp } from '@secureconnect/push/testing/web-app'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
import { startFakeRegistrations } from './fake-registrations.ts'
import { type House, openHouse } from './visitors.ts'
import { callInTrouble, mostInCall } from './visits/call-troubles.ts'
import { callEachOther } from './visits/calls.ts'
import { signUpAndWrite } from './visits/chat.ts'
import { talkEncrypted } from './visits/encrypting.ts'
import { sendFiles } from './visits/files.ts'
import { findAgain } from './visits/finding.ts'
import { lookFromAll } from './visits/looks.ts'
import { bePushedTo, type Pushing } from './visits/pushes.ts'
import { settleOwn } from './visits/settings.ts'
import { talk } from './visits/talk.ts'
import { meetTrouble } from './visits/trouble.ts'

type Visits = Readonly<Record<string, (t: TestContext, house: House, pushing: Pushing) => Promise<void>>>

const visits: Visits = {
  'people sign up, find each other and write': signUpAndWrite,
  'people talk: they answer, change, find and mark what was said': talk,
  'people find again what was said': findAgain,
  'people send each other files': sendFiles,
  'people write to each other so that nobody else can read it': talkEncrypted,
  'people call each other': callEachOther,
  'people settle what is theirs': settleOwn,
  'people are told of things while their pages are closed': bePushedTo,
}

const longVisits: Visits = {
  'people call each other, and something is wrong': callInTrouble,
  'people look at it by each size and in each theme': lookFromAll,
  'people meet trouble': meetTrouble,
}

/** Little room for files and in calls, so that it is full soon; and as often as programs of a test ask. */
const settings = {
  MAX_CALL_PARTICIPANTS: `${mostInCall}`,
  MAX_FILE_BYTES: '3000000',
  QUOTA_BYTES: '6000000',
  RATELIMIT_ACCOUNT_CHANGE: '600',
  RATELIMIT_UPLOADS: '600',
  RATELIMIT_CONVERSATIONS: '600',
  RATELIMIT_CALLS_INITIATE: '600',
  RATELIMIT_CALLS_JOIN: '600',
  RATELIMIT_REFRESH: '600',
}

// One system and one browser for all of them: to start these takes longer than most of what is tried with them.
test('people use the client', async (t) => {
  const firebase = await startFakeFirebase()
  t.after(() => firebase.close())
  const browsers = await startFakeRegistrations(t, webApp.FIREBASE_WEB_API_KEY)
  const pushEnv = { ...webApp, FIREBASE_CREDENTIALS: firebase.credentials, FIREBASE_URL: firebase.url }
  const house = await openHouse(t, { ...settings, ...pushEnv, MEDIASOUP_WORKER_BIN: await mediaWorker() })
  for (const [what, visit] of Object.entries({ ...visits, ...longVisits })) {
    await t.test(what, what in longVisits ? onlyAtFullSize('what goes wrong takes long') : {}, async (part) => {
      part.after(() => house.leave())
      await visit(part, house, { firebase, browsers })
    })
  }
})
