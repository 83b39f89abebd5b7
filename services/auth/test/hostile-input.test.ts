import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Operation } from '@secureconnect/protocol'
import { createInput, suiteScope, testHostileInput } from '@secureconnect/test/helpers'
import { createNamedValues, fixtures } from './operations/fixtures.ts'
import { createPeople, type People, type Person } from './operations/people.ts'
import { type Auth, goodPassword, startAuth } from './test-auth.ts'

const secret = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+|\$argon2|BEGIN [A-Z ]*PRIVATE/

describe('hostile input', () => {
  let auth: Auth
  let people: People
  const refreshTokens: string[] = []
  const suite = suiteScope()
  before(async () => {
    auth = await startAuth(suite, 'pglite')
    people = await createPeople(auth)
  })

  /** Good input of somebody new, who may do it, to be spoilt and sent. */
  async function prepare(operation: Operation) {
    const owner: Person = await (operation.caller === 'admin' ? people.createAdmin() : people.create())
    if (owner.refresh_token) refreshTokens.push(owner.refresh_token)
    const { input, headers } = fixtures[operation.name] ?? {}
    const surroundings = { auth, people, owner }
    const good = createInput(operation, { ...(await input?.(surroundings)), named: await createNamedValues(people) })
    const token = operation.caller === 'public' ? undefined : owner.access_token
    return { good, token, headers: headers?.(surroundings) ?? {} }
  }

  testHostileInput({ service: 'auth-service', address: () => auth.address, prepare })

  test('none of it was a fault of ours, and no secret was logged', () => {
    const faults = auth.lines.filter(({ level }) => level === 'error' || level === 'fatal')
    assert.deepEqual(faults, [])
    const log = JSON.stringify(auth.lines)
    assert.doesNotMatch(log, secret)
    for (const canary of [goodPassword, ...refreshTokens]) assert.ok(!log.includes(canary))
  })
})
