import { randomUUID } from 'node:crypto'
import { accounts, conversations, files } from '@secureconnect/protocol'
import { createClient } from '@secureconnect/sdk'
import { newPerson } from '../e2e/slice.ts'
import { call } from '../services/index.ts'
import { CallLine } from './call-line.ts'
import { Letters } from './letters.ts'
import type { System } from './system.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** Somebody who signed up, as those see him who do without the SDK. */
async function signUp(at: { address: string }) {
  const person = newPerson()
  const { status, data, code } = await call(at, accounts.register, { body: person })
  if (status !== 201 || !('access_token' in data)) throw new Error(`registering was answered ${status} ${code}`)
  const { access_token: token, refresh_token: refreshToken, user } = data
  return { ...person, token, refreshToken: String(refreshToken), refreshKey: randomUUID(), userId: user.user_id }
}

/**
 * Four people: Ada does everything, Bob listens by the SDK and is in a call with her, Cleo signs in over and over, and
 * Dora lives on her refresh token.
 */
export async function gatherCast(t: Cleanup, system: System) {
  const at = { address: system.address('api-gateway') }
  const bobs = system.names.includes('second api-gateway') ? system.address('second api-gateway') : at.address
  const [ada, bob, cleo, dora] = [await signUp(at), await signUp(at), await signUp(at), await signUp(at)]
  const client = createClient({ address: bobs })
  t.after(() => client.close())
  const { email, password } = bob
  await client.signIn({ email, password })
  const writer = createClient({ address: at.address })
  t.after(() => writer.close())
  await writer.signIn({ email: ada.email, password: ada.password })
  const body = { type: 'direct', participant_ids: [bob.userId] } as const
  const { data, code } = await call(at, conversations.create, { token: ada.token, body })
  if (code) throw new Error(`beginning a conversation was answered ${code}`)
  const conversationId = data.conversation_id

  const { file_id: fileId } = await writer.files.upload({ name: 'kept.txt', bytes: new Blob(['hello']) })
  const signed = await call(at, files.getDownload, { token: ada.token, params: { file_id: fileId } })
  const letters = await Letters.follow({ reader: client, writer, conversationId })
  const line = await CallLine.open(t, { at, people: [ada, bob], conversationId })
  return { at, ada, bob, cleo, dora, conversationId, fileId, signedUrl: signed.data.download_url, letters, line }
}

export type Cast = Awaited<ReturnType<typeof gatherCast>>
