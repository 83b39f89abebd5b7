import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { allOperations, type Operation } from '@secureconnect/protocol'
import { createRandom, type Input, type Random, sendOperation, type Values } from '@secureconnect/test/helpers'
import { ask, newPerson } from '../e2e/slice.ts'
import { testScale } from '../helpers/config.ts'
import { createRandomInput } from './random-input.ts'

/** Every day each operation once. */
const requests = testScale === 1 ? 50_000 : allOperations.length
const atOnce = 8
const seed = testScale === 1 ? randomInt(2 ** 31) : 1

/** What an answer must never tell: where the code stands, what it asked the database, what it is made of. */
const insides =
  /\bat [\w.]+ \(|node:internal|node_modules|\.ts:\d+|\bselect [\w*, .]+ from |insert into |syntax error|PGlite/i
/** What the contract has for whatever is away or busy. */
const declared = ['SERVICE_UNAVAILABLE', 'CAPACITY', 'MEDIA_NOT_READY', 'HISTORY_UNAVAILABLE', 'REQUEST_TIMEOUT']
/** Those that would end what the others need. */
const endings = /^(auth\.logout|auth\.sessions\.end|users\.me\.(erase|password))/
/** Somebody with a group in which there is a message: what the fuzzer names exists. */
async function createOwner(address: string) {
  const { data } = await ask(`${address}/v1/auth/register`, { body: newPerson() })
  const token: string = data.access_token
  const group = await ask(`${address}/v1/conversations`, {
    token,
    body: { type: 'group', title: 'Harbour', participant_ids: [] },
  })
  const conversation_id: string = group.data.conversation_id
  const body = { conversation_id, content: 'hello', message_type: 'text' }
  const { message_id } = (await ask(`${address}/v1/messages`, { token, body })).data
  return { token, named: { conversation_id, message_id } }
}

function createInput(random: Random, { params, query, body }: Operation, named: Values): Input {
  return {
    params: { ...named, ...createRandomInput(random, params, named) },
    query: createRandomInput(random, query, named),
    body: body ? createRandomInput(random, body, named) : undefined,
  }
}

/** Declares a test that asks each operation for what it may or may not give. */
export function testRandomRequests(shared: () => { address: string }): void {
  test(`whatever is asked of any operation, it is answered as the contract says (seed ${seed})`, async (t) => {
    const { address } = shared()
    const { token, named } = await createOwner(address)
    const random = createRandom(seed)
    const fuzzed = allOperations.filter(({ name }) => !endings.test(name))
    const tried = new Set<string>()
    const answers = new Map<number, number>()
    let left = requests
    const work = async () => {
      while (left > 0) {
        left -= 1
        const operation = fuzzed[left % fuzzed.length] ?? assert.fail()
        const input = createInput(random, operation, named)
        const { status, code, text } = await sendOperation(address, operation, { input, token })
        const about = `${operation.name} with ${JSON.stringify(input)} was answered ${status} ${text.slice(0, 500)}`
        assert.ok(status < 500 || declared.includes(code), about)
        assert.doesNotMatch(text, insides, about)
        tried.add(operation.name)
        answers.set(status, (answers.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    assert.equal(tried.size, fuzzed.length, 'every operation was asked')
    assert.equal((await ask(`${address}/v1/users/me`, { token })).status, 200, 'as somebody whose token is good')
    const counted = [...answers].sort(([one], [other]) => one - other).map(([status, count]) => `${count} × ${status}`)
    t.diagnostic(`${requests} requests to ${tried.size} operations, seed ${seed}: ${counted.join(', ')}`)
  })
}
