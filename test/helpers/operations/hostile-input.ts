import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, ErrorBody, Meta, type Operation, type ServiceName } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { scale } from '../scale.ts'
import { type Input, toJsonSchema } from './example-input.ts'
import { brokenBodies, createHostileTexts, wrongTypes } from './hostile-values.ts'
import { type RawBody, sendOperation } from './send-operation.ts'
import { listTextFields, readField, withField } from './text-fields.ts'

/** Good input of somebody who may do it, and how he sends it. */
export type Prepared = { good: Input; token?: string | undefined; headers?: Record<string, string> }

export type Subject = {
  service: ServiceName
  address: () => string
  /** Somebody new for each request, where the operation needs that. */
  prepare: (operation: Operation) => Promise<Prepared>
}

type Answer = Awaited<ReturnType<typeof sendOperation>>
type Send = (spoilt: Input, rawBody?: RawBody) => Promise<Answer>

const refusal = Compile(ErrorBody)
const success = Compile(Type.Object({ success: Type.Literal(true), data: Type.Any(), meta: Meta }))
/** What an answer must not tell of our inside. */
const inside = /syntax error|invalid byte|relation "|column "|node:internal|\.ts:\d|pglite|postgres/i

/** As many of the values as this run takes; the part begins elsewhere for each field, so that all are tried somewhere. */
function takePart<T>(values: readonly T[], index: number): T[] {
  const count = scale(values.length, 4)
  const places = Array.from({ length: count }, (_, n) => index + Math.floor((n * values.length) / count))
  return values.filter((_, at) => places.some((place) => place % values.length === at))
}

function assertSound(operation: Operation, { status, answer, text }: Answer, what: unknown): void {
  const where = `${operation.name} answered ${status} ${text.slice(0, 300)} to ${JSON.stringify(what)?.slice(0, 300)}`
  assert.ok(status < 500 && !['UNAUTHORIZED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'].includes(answer.error?.code), where)
  assert.ok((status < 400 ? success : refusal).Check(answer), where)
  assert.doesNotMatch(text, inside, where)
}

function assertRefused(operation: Operation, answer: Answer, what: unknown): void {
  assertSound(operation, answer, what)
  assert.equal(answer.code, 'VALIDATION_ERROR', `${operation.name} answered ${answer.text} to ${JSON.stringify(what)}`)
}

type Trial = { operation: Operation; good: Input; send: Send }

async function tryFields({ operation, good, send }: Trial, index: number): Promise<void> {
  const { properties = {}, required = [] } = toJsonSchema(operation.body ?? Type.Object({}))
  for (const field of required) {
    const { [field]: _, ...body } = good.body ?? {}
    const answer = await send({ ...good, body })
    assertRefused(operation, answer, body)
    assert.ok(answer.answer.error.details.some((fault: { field: string }) => fault.field === field))
  }
  for (const [place, [field, schema]] of Object.entries(properties).entries()) {
    const wrong = wrongTypes.filter((value) => !Compile(schema).Check(value))
    for (const value of takePart(wrong, index + place)) {
      const body = { ...good.body, [field]: value }
      assertRefused(operation, await send({ ...good, body }), body)
    }
  }
  for (const field of ['role', 'is_admin', 'toString', 'a\u0000b'].filter((name) => !(name in properties))) {
    const body = { ...good.body, [field]: 'admin' }
    assertRefused(operation, await send({ ...good, body }), body)
  }
}

async function tryBodies({ operation, good, send }: Trial, index: number): Promise<void> {
  for (const text of takePart(brokenBodies, index)) assertSound(operation, await send(good, { text }), text)
  const latin = await send(good, { text: Buffer.from('{"email":"\xe9"}', 'latin1') })
  assertSound(operation, latin, 'bytes that are no UTF-8')
  assert.equal((await send(good, { text: '{}', type: 'text/plain' })).code, 'UNSUPPORTED_MEDIA_TYPE')
  assert.equal((await send(good, { text: ' '.repeat(operation.bodyLimit + 1) })).code, 'PAYLOAD_TOO_LARGE')
}

async function tryQueries({ operation, good, send }: Trial): Promise<void> {
  assertRefused(operation, await send({ ...good, query: { ...good.query, role: 'admin' } }), 'an unknown field')
  if (!('limit' in (operation.query?.properties ?? {}))) return
  for (const limit of ['0', '-1', '101', '1.5', 'ten', '1e1', '0x10', '']) {
    const query = { ...good.query, limit }
    assertRefused(operation, await send({ ...good, query }), query)
  }
}

async function tryCursors({ operation, good, send }: Trial, index: number): Promise<void> {
  const { next_cursor: cursor } = (await send({ ...good, query: { ...good.query, limit: 1 } })).answer.data
  const place = cursor ? JSON.parse(Buffer.from(cursor, 'base64url').toString()) : { id: 'made up' }
  const changed = Object.entries(place).flatMap(([name, value]) =>
    [...createHostileTexts(String(value)), ...wrongTypes].map((other) => ({ ...place, [name]: other })),
  )
  for (const other of takePart([...wrongTypes, ...changed], index)) {
    const text = Buffer.from(JSON.stringify(other)).toString('base64url')
    assertSound(operation, await send({ ...good, query: { ...good.query, cursor: text } }), other)
  }
}

/** Declares tests that send to each operation of a service what breaks programs, and look at what comes back. */
export function testHostileInput({ service, address, prepare }: Subject): void {
  const own = allOperations.filter((operation) => operation.service === service)
  const trials = new Map<Operation, Trial>()
  const start = async (operation: Operation): Promise<Trial> => {
    const { good, token, headers = {} } = await prepare(operation)
    const send: Send = async (input, rawBody) => {
      const answer = await sendOperation(address(), operation, { input, token, headers, rawBody })
      // What was taken may have changed something, but not by being read.
      if (answer.status < 400 && operation.method !== 'GET') trials.delete(operation)
      return answer
    }
    const trial = { operation, good, send }
    trials.set(operation, trial)
    return trial
  }
  /** One that nothing has spoilt yet. */
  const find = async (operation: Operation): Promise<Trial> => trials.get(operation) ?? start(operation)

  const texts = own.flatMap((operation) => listTextFields(operation).map((field) => ({ operation, field })))
  for (const [index, { operation, field }] of texts.entries()) {
    const name = [field.part, ...field.path].join('.')
    test(`${operation.name}: ${name} takes or refuses whatever text comes`, async () => {
      const { good } = await find(operation)
      const values = createHostileTexts(String(readField(good, field) ?? 'some words'))
      for (const value of takePart(values, index)) {
        const trial = await find(operation)
        const answer = await trial.send(withField(trial.good, field, value))
        assertSound(operation, answer, { [name]: value })
      }
    })
  }
  for (const [index, operation] of own.filter(({ query }) => query && 'cursor' in query.properties).entries()) {
    test(`${operation.name}: a cursor that somebody has changed is refused, or takes him nowhere new`, async () =>
      tryCursors(await find(operation), index))
  }
  for (const [index, operation] of own.filter(({ body }) => body).entries()) {
    test(`${operation.name}: a body of another shape is refused, naming the field`, async () => {
      const trial = await find(operation)
      await tryFields(trial, index)
      await tryBodies(trial, index)
    })
  }
  for (const operation of own.filter(({ query }) => query)) {
    test(`${operation.name}: a query of another shape is refused`, async () => tryQueries(await find(operation)))
  }
}
