import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { createObservation, type Observation, observe } from './observe.ts'

const noCounts = { cancelled: 0, failed: 0, passed: 0, skipped: 0, suites: 0, tests: 0, todo: 0, topLevel: 0 }

function summary(counts: Partial<typeof noCounts>, file?: string): TestEvent {
  const success = !counts.failed
  return { type: 'test:summary', data: { counts: { ...noCounts, ...counts }, duration_ms: 5, file, success } }
}

function diagnostic(message: string, file?: string): TestEvent {
  const data = { nesting: 0, level: 'info' as const, message, ...(file && { file, line: 1, column: 1 }) }
  return { type: 'test:diagnostic', data }
}

const ids = { testNumber: 1, testId: 1, parentId: 0, nesting: 0, tags: [] }

async function observeAll(events: TestEvent[]): Promise<{ observation: Observation; messages: string[] }> {
  async function* source() {
    yield* events
  }
  const observation = createObservation()
  const messages: string[] = []
  for await (const event of observe(source(), { observation, closingLines: () => ['ours'] })) {
    if (event.type === 'test:diagnostic') messages.push(event.data.message)
  }
  return { observation, messages }
}

test('our lines come once, before the summary of the run and after what tests say', async () => {
  const { messages, observation } = await observeAll([
    diagnostic('of a test', '/a.test.ts'),
    diagnostic('tests 1'),
    diagnostic('pass 1'),
  ])
  assert.deepEqual(messages, ['of a test', 'ours', 'tests 1', 'pass 1'])
  assert.deepEqual(observation.told, ['of a test'])
})

test('each file is noted with its counts, and the run succeeds when nothing failed', async () => {
  const file = '/a.test.ts'
  const { observation } = await observeAll([
    summary({ tests: 3, passed: 2, skipped: 1 }, file),
    summary({ tests: 3, passed: 2 }),
  ])
  assert.deepEqual(observation.suites, [{ file, tests: 3, passed: 2, failed: 0 }])
  assert.equal(observation.isSuccess, true)
})

test('a run with a failure, and one that ran no test, do not succeed', async () => {
  assert.equal((await observeAll([summary({ tests: 2, passed: 1, failed: 1 })])).observation.isSuccess, false)
  assert.equal((await observeAll([summary({})])).observation.isSuccess, false)
  assert.equal((await observeAll([])).observation.isSuccess, false)
})

test('a file that cannot be loaded counts as a failed test', async () => {
  const file = '/broken.test.ts'
  const error = Object.assign(new Error('test failed'), { cause: new Error('exit code 1') })
  const data = { ...ids, name: file, file, line: 1, column: 1, details: { duration_ms: 7, error } }
  const { observation } = await observeAll([{ type: 'test:fail', data }])
  assert.deepEqual(observation.suites, [{ file, tests: 1, passed: 0, failed: 1 }])
})

test('how long a file took is what its process took, its start included', async () => {
  const file = '/a.test.ts'
  const ended = (name: string, duration_ms: number): TestEvent => {
    const data = { ...ids, name, file, line: 1, column: 1, details: { duration_ms, passed: true } }
    return { type: 'test:complete', data }
  }
  const { observation } = await observeAll([
    ended('one of its tests', 5),
    summary({ tests: 1 }, file),
    ended(file, 800),
  ])
  assert.deepEqual([...observation.tookMs], [[file, 800]])
})
