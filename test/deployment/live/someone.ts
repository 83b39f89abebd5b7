import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { accounts, calls, conversations, files, messages } from '@secureconnect/protocol'
import { call } from '@secureconnect/test/services'

/** Where people reach everything. */
export const gateway = { address: 'http://127.0.0.1:8080' }

/** What an act came to: its status, or 0 where nobody answers. */
async function resultOf(act: Promise<number>): Promise<number> {
  return await act.catch((error: unknown) => {
    // That is how fetch says it.
    if (error instanceof TypeError) return 0
    throw error
  })
}

/** Somebody who does what people do, and is told what becomes of it. */
export class Someone {
  static async signUp(): Promise<Someone> {
    const username = `p-${randomUUID().slice(0, 12)}`
    const login = { email: `${username}@example.org`, password: 'seven quiet harbours' }
    const { status, data } = await call(gateway, accounts.register, {
      body: { ...login, username, display_name: 'Somebody' },
    })
    assert.equal(status, 201)
    const someone = new Someone(data.user.user_id, login)
    assert.equal(await someone.#signIn(), 200)
    someone.#conversationId = await someone.#converse()
    return someone
  }

  readonly userId: string
  readonly #login: { email: string; password: string }
  #token = ''
  #conversationId = ''

  private constructor(userId: string, login: { email: string; password: string }) {
    this.userId = userId
    this.#login = login
  }

  get token(): string {
    return this.#token
  }

  async #signIn(): Promise<number> {
    const { status, data } = await call(gateway, accounts.login, { body: this.#login })
    if (status === 200) this.#token = data.access_token
    return status
  }

  async #converse(): Promise<string> {
    const body = { type: 'group', title: 'Harbour', participant_ids: [] }
    return (await call(gateway, conversations.create, { token: this.#token, body })).data.conversation_id
  }

  async #send(): Promise<number> {
    const body = { conversation_id: this.#conversationId, content: 'Hello', message_type: 'text' }
    return (await call(gateway, messages.send, { token: this.#token, body })).status
  }

  async #read(): Promise<number> {
    return (
      await call(gateway, messages.list, { token: this.#token, query: { conversation_id: this.#conversationId } })
    ).status
  }

  async #offerFile(): Promise<number> {
    const body = { file_name: 'note.txt', content_type: 'text/plain', file_size: 4 }
    const { status, data } = await call(gateway, files.beginUpload, { token: this.#token, body })
    // Nobody may have more than ten under way.
    if (status === 201) await call(gateway, files.delete, { token: this.#token, params: { file_id: data.file_id } })
    return status
  }

  async #listCalls(): Promise<number> {
    return (await call(gateway, calls.list, { token: this.#token })).status
  }

  /** Does one thing after the other; answers what each came to. */
  async doEverything(): Promise<Found> {
    return {
      signIn: await resultOf(this.#signIn()),
      send: await resultOf(this.#send()),
      read: await resultOf(this.#read()),
      offerFile: await resultOf(this.#offerFile()),
      listCalls: await resultOf(this.#listCalls()),
    }
  }
}

/** What becomes of everything when nothing is away. */
export const usual = { signIn: 200, send: 201, read: 200, offerFile: 201, listCalls: 200 }
export type Found = typeof usual
