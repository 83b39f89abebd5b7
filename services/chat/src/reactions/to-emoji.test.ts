import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { toEmoji } from './to-emoji.ts'

const longest = '👩🏽‍❤️‍💋‍👩🏾'

test('signs, skin tones, flags, keycaps and families are an emoji each', () => {
  for (const one of ['👍', '👍🏿', '🇨🇭', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '#️⃣', '1️⃣', '👨‍👩‍👧‍👦', '🏳️‍🌈', '⌚', '❤️', longest]) {
    assert.equal(toEmoji(one), one)
    assert.ok([...one].length <= limits.emojiCharacters)
  }
})

test('an emoji is the same with and without the mark that makes it a picture', () => {
  assert.equal(toEmoji('❤'), '❤️')
  assert.equal(toEmoji('☺'), toEmoji('☺️'))
})

test('what is no emoji, or more than one, is refused', () => {
  const others = [
    '',
    'a',
    '1',
    '#',
    ':+1:',
    '👍👍',
    ' 👍',
    '👍 ',
    '👍\u0000',
    '\ufe0f',
    '\u200d',
    '🇨',
    '👍\u200d👍',
    '\ud83d',
  ]
  for (const text of [...others, '<b>', '❤️️']) {
    assert.throws(() => toEmoji(text), { code: 'VALIDATION_ERROR' }, JSON.stringify(text))
  }
})
