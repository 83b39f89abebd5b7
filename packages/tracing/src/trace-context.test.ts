import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTraceIds, formatTraceparent, parseTraceparent } from './trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('a traceparent is read, and written again as it was', () => {
  for (const [flags, isSampled] of [
    ['01', true],
    ['00', false],
  ] as const) {
    const header = `00-${traceId}-${spanId}-${flags}`
    const parent = parseTraceparent(header)
    assert.deepEqual(parent, { traceId, spanId, isSampled })
    assert.equal(parent && formatTraceparent(parent), header)
  }
})

test('what is not exactly a traceparent is ignored', () => {
  const wrong = [
    '',
    'x',
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-01 `,
    ` 00-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01\n`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `00-${traceId}-${spanId}-0g`,
    `ff-${traceId}-${spanId}-01`,
    `01-${traceId}-${spanId}-01x`,
  ]
  for (const header of wrong) assert.equal(parseTraceparent(header), undefined, JSON.stringify(header))
})

test('a later version is read as far as it is known', () => {
  assert.equal(parseTraceparent(`01-${traceId}-${spanId}-03-more`)?.isSampled, true)
  assert.equal(parseTraceparent(`cc-${traceId}-${spanId}-02`)?.isSampled, false)
})

test('a child stays in its trace with an id of its own and the sampling its trace began with', () => {
  const ids = createTraceIds({ traceId, spanId, isSampled: true })
  assert.deepEqual({ ...ids, spanId: '' }, { traceId, spanId: '', isSampled: true, parentSpanId: spanId })
  assert.match(ids.spanId, /^[0-9a-f]{16}$/)
  assert.notEqual(ids.spanId, spanId)
})

test('one new trace in ten is sampled, and no two ids are the same', () => {
  const all = Array.from({ length: 20_000 }, () => createTraceIds())
  const sampled = all.filter(({ isSampled }) => isSampled).length
  assert.ok(sampled > 1_700 && sampled < 2_300, `${sampled} of 20,000 were sampled`)
  assert.equal(new Set(all.flatMap((ids) => [ids.traceId, ids.spanId])).size, 40_000)
  for (const ids of all) assert.ok(parseTraceparent(formatTraceparent(ids)))
})
