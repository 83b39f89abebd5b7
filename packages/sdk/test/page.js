// The page of browser.test.ts. It tells the test what happens by `tell`, and is loaded three times.
import { createClient } from '@secureconnect/sdk'

const tell = (told) => fetch('/told', { method: 'POST', body: JSON.stringify(told) })
addEventListener('unhandledrejection', ({ reason }) => tell({ fault: String(reason) }))

const address = new URLSearchParams(location.search).get('address')
const client = createClient({ address })
client.chat.on('sent', ({ content }) => tell({ sent: content }))
client.chat.on('unsent', ({ draft, reason }) => tell({ unsent: draft.content, reason }))
const heard = new Promise((done) => {
  client.chat.on('event', ({ kind, data }) => kind === 'message.created' && done(tell({ heard: data.content })))
})

/** Makes a message that waits to be sent six days older than it is. */
function makeOld(content) {
  const sixDaysMs = 6 * 86_400_000
  for (const [key, text] of Object.entries(localStorage)) {
    if (!text.includes(content)) continue
    const send = JSON.parse(text)
    localStorage.setItem(key, JSON.stringify({ ...send, queuedAt: send.queuedAt - sixDaysMs }))
  }
}

const isKnown = await client.restore()
await tell({ isKnown, cookies: document.cookie, kept: Object.keys(localStorage).length })
if (!isKnown && sessionStorage.getItem('was-here')) {
  await tell({ isOver: true })
} else {
  if (!isKnown) {
    const name = 'page-ada'
    const password = 'seven quiet harbours'
    await client.register({ username: name, email: `${name}@example.org`, display_name: 'Ada', password })
  }
  await tell({ userId: client.userId })
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
    // The service cannot be told, so the cookie stays.
    const { fetch } = globalThis
    globalThis.fetch = (url, init) =>
      String(url).startsWith(address) ? Promise.reject(new TypeError()) : fetch(url, init)
    await client.signOut().catch(({ name }) => tell({ signedOut: name }))
    sessionStorage.setItem('was-here', 'yes')
  } else {
    client.chat.close()
    for (const content of ['before the reload', 'six days ago']) {
      client.chat.send({ conversation_id, content, message_type: 'text' })
    }
    await tell({ kept: (await client.chat.listUnsent()).length })
    makeOld('six days ago')
  }
  location.reload()
}
