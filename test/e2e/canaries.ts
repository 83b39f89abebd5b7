import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { serviceNames } from '@secureconnect/protocol'
import type { ProcessSystem } from './processes.ts'
import { ask, newPerson } from './slice.ts'

const words = 'a canary that nobody may hear of'

/** Asks until somebody has time to answer: a machine that is busy with other tests may say 503 for a moment. */
async function insist(url: string, options: Parameters<typeof ask>[1]) {
  for (;;) {
    const answer = await ask(url, options)
    if (answer.status < 500) return answer
    await delay(200)
  }
}

/** Puts through the system what it must keep to itself: answers all of it, by what it is. */
export async function singCanaries(gateway: string): Promise<Record<string, string>> {
  const person = newPerson()
  const password = `harbours ${randomUUID()}`
  const { data } = await insist(`${gateway}/v1/auth/register`, { body: { ...person, password } })
  const { access_token: token, refresh_token, device_token } = data
  await insist(`${gateway}/v1/auth/login`, { body: { email: person.email, password: `${password}!` } })
  const wrong = await insist(`${gateway}/v1/auth/refresh`, { body: { refresh_token: `${refresh_token}x` } })
  assert.equal(wrong.status, 401)
  const ticket = await insist(`${gateway}/v1/auth/ws-ticket`, { token, body: {}, headers: { origin: gateway } })
  const group = { type: 'group', title: words, participant_ids: [] }
  const { conversation_id } = (await insist(`${gateway}/v1/conversations`, { token, body: group })).data
  const message = { conversation_id, content: words, message_type: 'text' }
  assert.equal((await insist(`${gateway}/v1/messages`, { token, body: message })).status, 201)
  await insist(`${gateway}/v1/messages/search?q=${encodeURIComponent(words)}`, { token })
  const secret = { token, refresh_token, device_token, ticket: ticket.data?.ticket }
  const texts = { password, words, address: person.email }
  return { ...texts, ...Object.fromEntries(Object.entries(secret).filter(([, value]) => value)) }
}

/** Fails where a canary, or a secret of the configuration, stands in what is logged or measured. */
export async function assertSilent(
  system: ProcessSystem,
  canaries: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const files = Object.entries(env).filter(([name]) => name.endsWith('_FILE') && name !== 'JWT_SIGNING_KEYS_FILE')
  const secrets = Object.fromEntries(files.map(([name, path]) => [name, readFileSync(path, 'utf8')]))
  const { DB_PASSWORD, REDIS_PASSWORD } = env
  const all = Object.entries({ ...canaries, ...secrets, DB_PASSWORD, REDIS_PASSWORD })
  for (const service of serviceNames) {
    const { lines, address } = system[service]
    const places = { 'the log': JSON.stringify(lines), metrics: await (await fetch(`${address}/metrics`)).text() }
    for (const [place, text] of Object.entries(places)) {
      for (const [name, value] of all) assert.ok(!value || !text.includes(value), `${name} in ${place} of ${service}`)
    }
  }
}
