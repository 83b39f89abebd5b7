// The page of browser.test.ts. It tells the test what happens by `tell`, and is loaded twice.
import { createClient } from '@secureconnect/sdk'

const tell = (told) => fetch('/told', { method: 'POST', body: JSON.stringify(told) })
addEventListener('unhandledrejection', ({ reason }) => tell({ fault: String(reason) }))

const client = createClient({ address: new URLSearchParams(location.search).get('address') })
client.chat.on('sent', ({ content }) => tell({ sent: content }))
const heard = new Promise((done) => {
  client.chat.on('event', ({ kind, data }) => kind === 'message.created' && done(tell({ heard: data.content })))
})

const isKnown = await client.restore()
if (!isKnown) {
  const name = 'page-ada'
  const password = 'seven quiet harbours'
  await client.register({ username: name, email: `${name}@example.org`, display_name: 'Ada', password })
}
await tell({ isKnown, userId: client.userId, cookies: document.cookie, kept: Object.keys(localStorage).length })
const { conversation_id } = await client.rest.conversations.create({
  type: 'group',
  title: 'Page',
  participant_ids: [],
})
await client.chat.open()
await client.chat.subscribe({ [conversation_id]: null })
await client.chat.send({ conversation_id, content: 'hello', message_type: 'text' })
await heard

if (isKnown) {
  await client.signOut()
  await tell({ isOver: true, kept: Object.keys(localStorage).length })
} else {
  client.chat.close()
  client.chat.send({ conversation_id, content: 'before the reload', message_type: 'text' })
  await tell({ kept: (await client.chat.listUnsent()).length })
  location.reload()
}
