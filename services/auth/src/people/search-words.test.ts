import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldText, listGrams, toSearchWords } from './search-words.ts'

test('what differs by case, accents, width or spaces alone is folded to the same text', () => {
  for (const [one, other] of [
    ['Zoë  Ünal', 'zoe unal'],
    ['É', 'e\u0301'],
    ['Straße', 'STRASSE'],
    ['ΣΟΦΟΣ', 'σοφος'],
    ['Łukasz Sørensen', 'lukasz sorensen'],
    ['Æðelþryð', 'aedelthryd'],
    ['Diyarbakır', 'DIYARBAKIR'],
    ['ﬁne', 'FINE'],
    ['Ａda', 'ada'],
    [' a\u00a0\u3000b ', 'A B'],
  ] as const) {
    assert.equal(foldText(one), foldText(other), one)
  }
})

test('a text has each two neighbouring characters once, and emoji stay whole', () => {
  assert.deepEqual(listGrams('BANANA'), ['BA', 'AN', 'NA'])
  assert.deepEqual(listGrams('😀😁X'), ['😀😁', '😁X'])
  assert.deepEqual(listGrams('A'), [])
})

test('every word of the names begins with a space, so that its beginning can be told', () => {
  assert.equal(toSearchWords({ username: 'ada', displayName: 'Ada  Lovelace' }), ' ADA ADA LOVELACE')
})
