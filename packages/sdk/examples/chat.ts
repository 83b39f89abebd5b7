// Two people talk in two terminals: `npm run chat -- ada bob`, and in the other `npm run chat -- bob ada`.
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { ApiError, type Client, ConnectionError, createClient, type Message, type User } from '@secureconnect/sdk'
import { openFileStorage } from '@secureconnect/sdk/node'
import { createCommands } from './commands.ts'
import { exampleFolder } from './config.ts'

const [me, friend, given = 'localhost:8080'] = process.argv.slice(2)
const address = /^https?:/.test(given) ? given : `http://${given}`
if (me === undefined || friend === undefined) {
  process.stderr.write('Usage: npm run chat -- <your name> <the name of your friend> [address]\n')
  process.exit(1)
}

const print = (text: string) => process.stdout.write(`${text}\n`)

/** What went wrong, and what helps. */
function explain(error: unknown): string {
  if (error instanceof ConnectionError)
    return `No answer from ${address}: start the system with npm start, or name its address as the third word.`
  if (!(error instanceof ApiError)) return String(error)
  if (error.code === 'INVALID_CREDENTIALS')
    return `${me} has another password than this example: take another name, or begin anew with npm start -- --reset.`
  return [error.message, ...error.details.map(({ field, message }) => `${field} ${message}.`)].join(' ')
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
})

/** Goes on with the session of last time if it still counts; else signs up, or in where the account is there already. */
async function enter(client: Client, username: string): Promise<User> {
  if (await client.restore()) {
    try {
      return await client.rest.accounts.getMe()
    } catch (error) {
      // Who is still signed in met another fault.
      if (client.userId !== undefined) throw error
    }
  }
  const password = 'seven quiet harbours'
  try {
    return await client.register({ username, email: `${username}@example.org`, password, display_name: username })
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return client.signIn({ username, password })
    throw error
  }
}

/** Waits until the friend has an account. */
async function meet({ rest }: Client, username: string): Promise<string> {
  for (;;) {
    const { users } = await rest.people.search({ q: username })
    const found = users.find((user) => user.username.toLowerCase() === username.toLowerCase())
    if (found) return found.user_id
    print(`Waiting for ${username} to sign up …`)
    await delay(3_000)
  }
}

const host = new URL(address).host
const storage = await openFileStorage(join(exampleFolder, `${me}@${host}`))
using client = createClient({ address, storage })
const { chat, rest } = client
const { user_id } = await enter(client, me)
client.onSignedOut(() => {
  print('Your session has ended: run the command again to sign in.')
  process.exit(1)
})
const friendId = await meet(client, friend)
const { conversation_id } = await rest.conversations.create({ type: 'direct', participant_ids: [friendId] })

/** Shows a message once, whichever way it came: by the page below, as an event, or as the answer to its sending. */
const shown = new Set<string>()
const nameOf = (userId: string) => (userId === user_id ? me : friend)
const commands = createCommands(client, conversation_id, { print, nameOf })
function show(message: Message): void {
  const { message_id, sender_id, content } = message
  if (shown.has(message_id)) return
  shown.add(message_id)
  print(`${nameOf(sender_id)}: ${content ?? '(deleted)'}`)
  commands.note(message)
}

/** Shows the newest messages: at the beginning, and after having been away for too long. */
async function showNewest(): Promise<void> {
  const { messages } = await rest.messages.list({ conversation_id, limit: 10 })
  for (const message of messages.toReversed()) show(message)
}

// The client follows all conversations that one comes into, and this is about one of them.
chat.on('event', (event) => {
  if (event.conversation_id !== conversation_id) return
  if (event.kind === 'message.created') show(event.data)
  else commands.show(event)
})
chat.on('typing', (typing) => {
  if (typing.conversation_id === conversation_id && typing.is_typing) print(`… ${friend} is typing`)
})
chat.on('unsent', ({ draft, error }) => print(`Not sent: ${draft.content} (${error.message})`))
chat.on('reset', () => void showNewest())
let isAway = false
chat.on('state', ({ status }) => {
  if (status === 'waiting' && !isAway) print('(No connection: what you write is sent later.)')
  if (status === 'open' && isAway) print('(Connected again.)')
  if (status === 'waiting' || status === 'open') isAway = status === 'waiting'
})

// First the subscription, then the page: so nothing falls between them.
await chat.open()
await chat.subscribe({ [conversation_id]: null })
await showNewest()
await commands.resume()

print(`You are ${me}. Write to ${friend}, or ${commands.help}; Ctrl-D ends.`)
/** A command that is refused is no message either. */
async function runCommand(line: string): Promise<boolean> {
  try {
    return await commands.run(line)
  } catch (error) {
    print(explain(error))
    return true
  }
}

const terminal = createInterface({ input: process.stdin })
const sends: Promise<unknown>[] = []
for await (const content of terminal) {
  if (content.trim() === '' || (await runCommand(content))) continue
  // A refusal is told by "unsent".
  sends.push(chat.send({ conversation_id, content, message_type: 'text' }).catch(() => undefined))
}
if (isAway) print('Waiting to send what you wrote; Ctrl-C leaves it for the next time.')
await Promise.all(sends)
