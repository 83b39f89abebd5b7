import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineScript } from '../src/index.ts'
import { adapters, openKv, until } from './testing.ts'

const ttlMs = 60_000
const name = () => `contract:${randomUUID()}`

/** Sets a value only where another stands. */
const swapScript = defineScript({
  name: 'swap',
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0, ''} end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return {1, ARGV[2]}`,
  reply: Type.Tuple([Type.Integer(), Type.String()]),
  runLocally({ values }, { keys: [key = ''], args: [before, after = ''] }): [number, string] {
    const entry = values.find(key)
    if (!entry || entry.value !== before) return [0, '']
    values.write(key, { ...entry, value: String(after) })
    return [1, String(after)]
  },
})

for (const adapter of adapters) {
  test(`${adapter}: a value is there until its time is up or it is deleted`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const [key, other] = [name(), name()]
    assert.equal(await kv.get(key), undefined)
    assert.equal(await kv.set(key, 'žluť 🎵', { ttlMs }), true)
    assert.equal(await kv.get(key), 'žluť 🎵')
    await kv.set(other, '', { ttlMs: 30.5 })
    assert.equal(await kv.get(other), '')
    await until(async () => (await kv.get(other)) === undefined, 1_000)
    await kv.delete(key, other)
    await kv.delete()
    assert.equal(await kv.get(key), undefined)
  })

  test(`${adapter}: of many who set a key only if it is absent, one succeeds`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const key = name()
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => kv.set(key, `${index}`, { ttlMs, onlyIfAbsent: true })),
    )
    assert.equal(results.filter(Boolean).length, 1)
    assert.equal(await kv.get(key), `${results.indexOf(true)}`)
    assert.equal(await kv.set(key, 'later', { ttlMs }), true)
  })

  test(`${adapter}: a counter loses no increment and ends when its first increment said`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const [key, brief] = [name(), name()]
    const counts = await Promise.all(Array.from({ length: 50 }, () => kv.increment(key, { ttlMs })))
    assert.deepEqual(new Set(counts).size, 50)
    assert.equal(await kv.increment(key, { by: -8, ttlMs }), 42)
    assert.equal(await kv.get(key), '42')
    await kv.increment(brief, { ttlMs: 300 })
    await kv.increment(brief, { ttlMs })
    await until(async () => (await kv.get(brief)) === undefined, 1_000)
    assert.equal(await kv.increment(brief, { ttlMs }), 1)
  })

  test(`${adapter}: a set holds each member once and lasts from its latest addition`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const key = name()
    assert.deepEqual(await kv.listSet(key), [])
    await kv.addToSet(key, ['a', 'b'], { ttlMs: 300 })
    await kv.addToSet(key, ['b', 'c'], { ttlMs })
    await kv.addToSet(key, [], { ttlMs: 1 })
    await new Promise((resolve) => setTimeout(resolve, 350))
    assert.deepEqual((await kv.listSet(key)).sort(), ['a', 'b', 'c'])
    await kv.removeFromSet(key, ['a', 'nobody'])
    await kv.removeFromSet(key, [])
    assert.deepEqual((await kv.listSet(key)).sort(), ['b', 'c'])
    await kv.removeFromSet(key, ['b', 'c'])
    await kv.removeFromSet(key, ['b'])
    assert.deepEqual(await kv.listSet(key), [])
    await kv.addToSet(key, ['a'], { ttlMs: 30 })
    await until(async () => (await kv.listSet(key)).length === 0, 1_000)
  })

  test(`${adapter}: a script is one step, and its answer has the shape that its schema says`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const key = name()
    await kv.set(key, 'old', { ttlMs })
    const swaps = await Promise.all(
      Array.from({ length: 10 }, () => kv.run(swapScript, { keys: [key], args: ['old', 'new'] })),
    )
    assert.equal(swaps.filter(([isDone]) => isDone === 1).length, 1)
    assert.deepEqual(await kv.run(swapScript, { keys: [key], args: ['new', 'newer'] }), [1, 'newer'])
    assert.equal(await kv.get(key), 'newer')
  })

  test(`${adapter}: listeners hear their channel in order, each message once, until they leave`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const [channel, other] = [name(), name()]
    const heard: string[] = []
    const subscription = await kv.subscribe(channel, (message) => heard.push(`first ${message}`))
    await using last = await kv.subscribe(channel, (message) => heard.push(`second ${message}`))
    assert.ok(last)
    await kv.publish(other, 'nobody hears this')
    for (const message of ['a', 'b']) await kv.publish(channel, message)
    await until(() => heard.length === 4, 1_000)
    assert.deepEqual(
      heard.filter((line) => line.startsWith('first')),
      ['first a', 'first b'],
    )
    await subscription.close()
    await subscription.close()
    await kv.publish(channel, 'c')
    await until(() => heard.length === 5, 1_000)
    assert.deepEqual(heard[4], 'second c')
  })

  test(`${adapter}: a listener that throws takes nothing from the others, and hears the next message`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const channel = name()
    const heard: string[] = []
    const hear = (message: string) => void heard.push(message)
    await kv.subscribe(channel, (message) => {
      hear(message)
      throw new Error('not understood')
    })
    await kv.subscribe(channel, hear)
    for (const message of ['a', 'b']) await kv.publish(channel, message)
    await until(() => heard.length === 4, 1_000)
    assert.deepEqual(heard, ['a', 'a', 'b', 'b'])
  })

  test(`${adapter}: a channel that everyone left can be listened to again`, async (t) => {
    const { kv } = await openKv[adapter](t)
    const channel = name()
    const heard: string[] = []
    const first = await kv.subscribe(channel, (message) => heard.push(message))
    const leaving = first.close()
    await kv.subscribe(channel, (message) => heard.push(message))
    await leaving
    await kv.publish(channel, 'still here')
    await until(() => heard.length > 0, 1_000)
    assert.deepEqual(heard, ['still here'])
  })

  test(`${adapter}: it can be pinged, is not degraded and closes twice without complaint`, async (t) => {
    const { kv } = await openKv[adapter](t)
    await kv.ping()
    assert.equal(kv.isDegraded, false)
    await kv.close()
    await kv[Symbol.asyncDispose]()
  })
}
