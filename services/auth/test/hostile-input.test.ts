import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { allOperations, ErrorBody, Meta, type Operation } from '@secureconnect/protocol'
import { scale } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { createInput, type Input, toJsonSchema } from './operations/example-input.ts'
import { createNamedValues, fixtures } from './operations/fixtures.ts'
import { brokenBodies, createHostileTexts, wrongTypes } from './operations/hostile-values.ts'
import { createPeople, type People, type Person } from './operations/people.ts'
import { type RawBody, sendOperation } from './operations/send-operation.ts'
import { listTextFields, readField, withField } from './operations/text-fields.ts'
import { type Auth, goodPassword, startAuth } from './test-auth.ts'

const refusal = Compile(ErrorBody)
const success = Compile(Type.Object({ success: Type.Literal(true), data: Type.Any(), meta: Meta }))
/** What an answer must not tell of our inside. */
const inside = /syntax error|invalid byte|relation "|column "|node:internal|\.ts:\d|pglite|postgres/i
const secret = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+|\$argon2|BEGIN [A-Z ]*PRIVATE/

type Answer = Awaited<ReturnType<typeof sendOperation>>

/** As many of the values as this run takes; the part begins elsewhere for each field, so that all are tried somewhere. */
function takePart<T>(values: readonly T[], index: number): T[] {
  const count = scale(values.length, 7)
  const places = Array.from({ length: count }, (_, n) => index + Math.floor((n * values.length) / count))
  return values.filter((_, at) => places.some((place) => place % values.length === at))
}

describe('hostile input', () => {
  const own = allOperations.filter(({ service }) => service === 'auth-service')
  let auth: Auth
  let people: People
  const refreshTokens: string[] = []
  const cleanups: (() => unknown)[] = []
  before(async () => {
    auth = await startAuth({ after: (work) => cleanups.unshift(work) }, 'pglite')
    people = await createPeople(auth)
  })
  after(async () => {
    for (const clean of cleanups) await clean()
  })

  /** Good input of somebody new, who may do it, to be spoilt and sent. */
  async function prepare(operation: Operation) {
    const owner: Person = await (operation.caller === 'admin' ? people.createAdmin() : people.create())
    if (owner.refresh_token) refreshTokens.push(owner.refresh_token)
    const { input, headers } = fixtures[operation.name] ?? {}
    const surroundings = { auth, people, owner }
    const good = createInput(operation, { ...(await input?.(surroundings)), named: await createNamedValues(people) })
    const token = operation.caller === 'public' ? undefined : owner.access_token
    const send = (spoilt: Input, rawBody?: RawBody) =>
      sendOperation(auth.address, operation, { input: spoilt, token, headers: headers?.(surroundings) ?? {}, rawBody })
    return { good, send }
  }

  function assertSound(operation: Operation, { status, answer, text }: Answer, what: unknown): void {
    const where = `${operation.name} answered ${status} ${text.slice(0, 300)} to ${JSON.stringify(what)?.slice(0, 300)}`
    assert.ok(status < 500 && !['UNAUTHORIZED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'].includes(answer.error?.code), where)
    assert.ok((status < 400 ? success : refusal).Check(answer), where)
    assert.doesNotMatch(text, inside, where)
  }

  function assertRefused(operation: Operation, answer: Answer, what: unknown): void {
    assertSound(operation, answer, what)
    assert.equal(
      answer.code,
      'VALIDATION_ERROR',
      `${operation.name} answered ${answer.text} to ${JSON.stringify(what)}`,
    )
  }

  const texts = own.flatMap((operation) => listTextFields(operation).map((field) => ({ operation, field })))
  for (const [index, { operation, field }] of texts.entries()) {
    const name = [field.part, ...field.path].join('.')
    test(`${operation.name}: ${name} takes or refuses whatever text comes`, async () => {
      const { good } = await prepare(operation)
      const values = createHostileTexts(String(readField(good, field) ?? 'some words'))
      for (const value of takePart(values, index)) {
        const { good: input, send } = await prepare(operation)
        assertSound(operation, await send(withField(input, field, value)), { [name]: value })
      }
    })
  }

  const lists = own.filter(({ query }) => query && 'cursor' in query.properties)
  for (const [index, operation] of lists.entries()) {
    test(`${operation.name}: a cursor that somebody has changed is refused, or takes him nowhere new`, async () => {
      const { good, send } = await prepare(operation)
      const { next_cursor: cursor } = (await send({ ...good, query: { ...good.query, limit: 1 } })).answer.data
      const place = cursor ? JSON.parse(Buffer.from(cursor, 'base64url').toString()) : { id: 'made up' }
      const changed = Object.entries(place).flatMap(([name, value]) =>
        [...createHostileTexts(String(value)), ...wrongTypes].map((other) => ({ ...place, [name]: other })),
      )
      for (const other of takePart([...wrongTypes, ...changed], index)) {
        const text = Buffer.from(JSON.stringify(other)).toString('base64url')
        assertSound(operation, await send({ ...good, query: { ...good.query, cursor: text } }), other)
      }
    })
  }

  for (const operation of own.filter(({ body }) => body)) {
    test(`${operation.name}: a body of another shape is refused, naming the field`, async () => {
      const { properties = {}, required = [] } = toJsonSchema(operation.body ?? Type.Object({}))
      const { good, send } = await prepare(operation)
      for (const field of required) {
        const { [field]: _, ...body } = good.body ?? {}
        const answer = await send({ ...good, body })
        assertRefused(operation, answer, body)
        assert.ok(answer.answer.error.details.some((fault: { field: string }) => fault.field === field))
      }
      for (const [field, schema] of Object.entries(properties)) {
        const wrong = wrongTypes.filter((value) => !Compile(schema).Check(value))
        for (const value of wrong) {
          const body = { ...good.body, [field]: value }
          assertRefused(operation, await send({ ...good, body }), body)
        }
      }
      for (const field of ['role', 'is_admin', 'toString', 'a\u0000b']) {
        const body = { ...good.body, [field]: 'admin' }
        if (!(field in properties)) assertRefused(operation, await send({ ...good, body }), body)
      }
      for (const text of brokenBodies) assertSound(operation, await send(good, { text }), text)
      const latin = await send(good, { text: Buffer.from('{"email":"\xe9"}', 'latin1') })
      assertSound(operation, latin, 'bytes that are no UTF-8')
      assert.equal((await send(good, { text: '{}', type: 'text/plain' })).code, 'UNSUPPORTED_MEDIA_TYPE')
      assert.equal((await send(good, { text: ' '.repeat(operation.bodyLimit + 1) })).code, 'PAYLOAD_TOO_LARGE')
    })
  }

  for (const operation of own.filter(({ query }) => query)) {
    test(`${operation.name}: a query of another shape is refused`, async () => {
      const { good, send } = await prepare(operation)
      assertRefused(operation, await send({ ...good, query: { ...good.query, role: 'admin' } }), 'an unknown field')
      for (const limit of ['0', '-1', '101', '1.5', 'ten', '1e1', '0x10', '']) {
        const query = { ...good.query, limit }
        assertRefused(operation, await send({ ...good, query }), query)
      }
    })
  }

  test('none of it was a fault of ours, and no secret was logged', () => {
    const faults = auth.lines.filter(({ level }) => level === 'error' || level === 'fatal')
    assert.deepEqual(faults, [])
    const log = JSON.stringify(auth.lines)
    assert.doesNotMatch(log, secret)
    for (const canary of [goodPassword, ...refreshTokens]) assert.ok(!log.includes(canary))
  })
})
