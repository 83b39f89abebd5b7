import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readJson } from '@secureconnect/test/helpers'
import { WebSocket } from 'ws'

export type Person = { email: string; username: string; password: string; display_name: string }

export function newPerson(): Person {
  const username = `p-${randomUUID().slice(0, 12)}`
  return { email: `${username}@example.org`, username, password: 'seven quiet harbours', display_name: 'A Person' }
}

/** Sends a request as a client would and reads the answer, whatever it is. */
export async function ask(
  url: string,
  { body, token, headers = {} }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const answer = await readJson(response)
  return {
    status: response.status,
    headers: response.headers,
    data: answer.data,
    code: answer.error?.code,
    meta: answer.meta,
  }
}

/** Opens a socket through the gateway and reads its first two frames. */
export async function greet(gateway: string, path: string, token: string) {
  const ws = new WebSocket(`${gateway.replace('http', 'ws')}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const frames: { type: string; user_id?: string }[] = []
  ws.on('message', (data) => frames.push(JSON.parse(data.toString())))
  while (frames.length < 2) await once(ws, 'message')
  return { ws, frames }
}

/** What a person does first: sign up, sign in, refresh, look at the account, open both sockets. */
export async function walkThroughSlice(gateway: string): Promise<{ token: string; userId: string }> {
  const person = newPerson()
  const registered = await ask(`${gateway}/v1/auth/register`, { body: person })
  assert.equal(registered.status, 201)
  assert.ok(registered.headers.get('x-request-id'))
  assert.ok(registered.headers.get('x-ratelimit-limit'))
  const { email, password } = person
  const signedIn = await ask(`${gateway}/v1/auth/login`, { body: { email, password } })
  assert.equal(signedIn.status, 200)
  const refreshed = await ask(`${gateway}/v1/auth/refresh`, { body: { refresh_token: signedIn.data.refresh_token } })
  assert.equal(refreshed.status, 200)
  const token: string = refreshed.data.access_token
  const me = await ask(`${gateway}/v1/users/me`, { token, headers: { 'x-request-id': 'walk-through-1' } })
  assert.equal(me.status, 200)
  assert.equal(me.data.username, person.username)
  assert.equal(me.meta.request_id, 'walk-through-1')
  for (const path of ['/v1/ws/chat', '/v1/ws/signaling', '/v1/calls/ws/signaling']) {
    const { ws, frames } = await greet(gateway, path, token)
    assert.deepEqual(
      frames.map(({ type }) => type),
      ['hello', 'ready'],
      path,
    )
    assert.equal(frames[1]?.user_id, me.data.user_id)
    ws.terminate()
  }
  return { token, userId: me.data.user_id }
}
