import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { allOperations, type ErrorCode, errorStatus, type Operation } from '@secureconnect/protocol'
import { createInput, sendOperation, suiteScope } from '@secureconnect/test/helpers'
import { createNamedValues, fixtures } from './operations/fixtures.ts'
import { type CallerName, createCallers, createPeople, type People } from './operations/people.ts'
import { type Auth, startAuth } from './test-auth.ts'

const callerNames: readonly CallerName[] = [
  'nobody',
  'expired token',
  'revoked session',
  'banned',
  'erasing',
  'owner',
  'stranger',
  'admin',
  'demoted admin',
]

/** Why a caller is refused before the operation looks at what he sent; undefined where he is not. */
function findRefusal({ caller, mayHaveEnded }: Operation, name: CallerName): ErrorCode | undefined {
  if (caller === 'public') return undefined
  if (name === 'nobody') return 'UNAUTHORIZED'
  if (name === 'expired token') return 'TOKEN_EXPIRED'
  const hasEnded = name === 'revoked session' || name === 'banned' || name === 'erasing'
  if (hasEnded && !mayHaveEnded) return 'TOKEN_REVOKED'
  return caller === 'admin' && name !== 'admin' ? 'FORBIDDEN' : undefined
}

/** The answer that a caller should get: a status, and a code where it is no success. */
function expectAnswer(operation: Operation, name: CallerName): [number, ErrorCode | undefined] {
  const { answer, as } = fixtures[operation.name] ?? {}
  const code = findRefusal(operation, name) ?? as?.[name] ?? answer
  return code === undefined ? [Number(Object.keys(operation.answer)[0]), undefined] : [errorStatus[code], code]
}

describe('who may do what', () => {
  const own = allOperations.filter(({ service }) => service === 'auth-service')
  let auth: Auth
  let people: People
  let callers: Awaited<ReturnType<typeof createCallers>>
  const suite = suiteScope()
  before(async () => {
    auth = await startAuth(suite, 'pglite')
    people = await createPeople(auth)
    callers = await createCallers(auth, people)
  })

  async function call(operation: Operation, name: CallerName) {
    const { owner, token } = await callers[name]()
    const { input, headers } = fixtures[operation.name] ?? {}
    const surroundings = { auth, people, owner }
    // Who is refused is refused before anybody looks at what he sent.
    const known = findRefusal(operation, name) ? {} : await input?.(surroundings)
    return sendOperation(auth.address, operation, {
      input: createInput(operation, { ...known, named: await createNamedValues(people) }),
      token,
      headers: headers?.(surroundings) ?? {},
    })
  }

  /** What should have been refused is in the audit with its reason. */
  function assertAudited({ answer }: Awaited<ReturnType<typeof call>>): void {
    const isRecord = (line: (typeof auth.lines)[number]) =>
      line.stream === 'audit' && line.request_id === answer.meta.request_id
    const record = auth.lines.findLast(isRecord)
    assert.deepEqual([record?.result, record?.reason], ['denied', answer.error.code])
  }

  for (const operation of own) {
    test(`${operation.name}, as everybody who may come along`, async () => {
      for (const name of callerNames) {
        const answer = await call(operation, name)
        const expected = expectAnswer(operation, name)
        assert.deepEqual(
          [answer.status, answer.code],
          expected,
          `${operation.name} as ${name}: if the operation needs more than input that fits its schemas, name it in operations/fixtures.ts. It answered ${answer.text}`,
        )
        if (expected[0] === 401 || expected[0] === 403) assertAudited(answer)
      }
    })
  }

  test('what is under /v1/admin/ is for administrators, and nothing else is', () => {
    for (const { name, path, caller } of own) assert.equal(path.startsWith('/v1/admin/'), caller === 'admin', name)
  })

  test('every fixture belongs to an operation', () => {
    const names = new Set(own.map(({ name }) => name))
    assert.deepEqual(
      Object.keys(fixtures).filter((name) => !names.has(name)),
      [],
    )
  })
})
