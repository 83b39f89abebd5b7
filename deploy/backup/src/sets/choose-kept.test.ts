import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseKept } from './choose-kept.ts'

const at = (day: string, hour = '02') => ({ startedAt: `2026-${day}T${hour}:30:00.000Z` })
const daysOf = (sets: ReturnType<typeof at>[]) => [...chooseKept(sets)].map(({ startedAt }) => startedAt.slice(5, 13))

test('a set a day leaves those of seven days and the newest of four weeks', () => {
  // From Sunday the 1st of November to Sunday the 29th.
  const month = Array.from({ length: 29 }, (_, day) => at(`11-${String(day + 1).padStart(2, '0')}`))
  const days = ['29', '28', '27', '26', '25', '24', '23']
  assert.deepEqual(
    daysOf(month),
    [...days, '22', '15', '08'].map((day) => `11-${day}T02`),
  )
})

test('of a day with several sets the newest stays, and where backups failed nothing old goes for that', () => {
  assert.deepEqual(daysOf([at('11-29', '02'), at('11-29', '14'), at('11-28')]), ['11-29T14', '11-28T02'])
  assert.deepEqual(daysOf([at('03-01'), at('03-02'), at('11-29')]), ['11-29T02', '03-02T02', '03-01T02'])
  assert.deepEqual(daysOf([]), [])
})
