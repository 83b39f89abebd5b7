import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSought, listSoughtTerms, parseSought } from './sought.ts'
import { listTerms } from './words.ts'

const findIn = (text: string, sought: string) =>
  findSought(text, parseSought(sought))?.map(({ start, end }) => text.slice(start, end))

/** Whether the index leads to a text at all. */
function isIndexed(text: string, sought: string): boolean {
  const terms = listTerms(text, 1_000)
  return listSoughtTerms(parseSought(sought)).every(({ term, isPrefix }) =>
    terms.some((known) => (isPrefix ? known.startsWith(term) : known === term)),
  )
}

const found: readonly [text: string, sought: string, spans: string[]][] = [
  ['The meeting is on Monday.', 'monday', ['Monday']],
  ['The meeting is on Monday.', 'MEETING mon', ['meeting', 'Monday']],
  ['The meeting is on Monday.', '"is on"', ['is on']],
  ['"Quoted" and quoted again', 'quoted', ['Quoted', 'quoted']],
  ['one two three', 'one two', ['one', 'two']],
  ['Große Straße in Málaga', 'strasse malaga grosse', ['Große', 'Straße', 'Málaga']],
  ['Ελληνικός και ΣΊΣΥΦΟΣ', 'σισυφος', ['ΣΊΣΥΦΟΣ']],
  ['Привет, мир', 'прив мир', []],
  ['Привет, мир', 'привет мир', ['Привет', 'мир']],
  ['write to ada@example.org', 'ada@example', ['ada', 'example']],
  ['the variable user_name', 'name', ['name']],
  ['東京都に住んでいます', '京都', ['京都']],
  ['東京都に住んでいます', '東京 住', ['東京', '住']],
  ['東京都に住んでいます', 'す', ['す']],
  ['东京。都市', '"京都"', []],
  ['학교에서 만나요', '학교', ['학교']],
  ['สวัสดีครับ', 'ดีครับ', ['ดีครับ']],
  ['हिन्दी की किताब', 'की', ['की']],
  ['well done 🎉🎉', '🎉', ['🎉🎉']],
  ['מזל טוב', 'טוב', ['טוב']],
  ['x'.repeat(500), 'x'.repeat(90), ['x'.repeat(500)]],
]

for (const [text, sought, spans] of found) {
  test(`“${sought.slice(0, 30)}” in “${text.slice(0, 30)}” is ${spans.length === 0 ? 'not found' : 'found'}`, () => {
    assert.deepEqual(findIn(text, sought) ?? [], spans)
    if (spans.length > 0) assert.ok(isIndexed(text, sought), 'the index would not lead here')
  })
}

test('a word is found by its beginning only where it stands last and outside of quotes', () => {
  assert.equal(findIn('meeting monday', 'meet monday'), undefined)
  assert.equal(findIn('meeting monday', '"meet"'), undefined)
  assert.equal(findIn('meeting monday', 'monday "meet"'), undefined)
  assert.deepEqual(findIn('meeting monday', 'monday meet'), ['meeting', 'monday'])
})

test('all words have to be there, and those of a phrase side by side', () => {
  assert.equal(findIn('the red and the green', 'red blue'), undefined)
  assert.equal(findIn('the red and the green', '"red green"'), undefined)
  assert.deepEqual(findIn('red and green: red green', '"red green"'), ['red green'])
})

test('an open quote begins nothing, and signs alone are no words', () => {
  assert.deepEqual(findIn('so it "began', 'it "began'), ['it', 'began'])
  for (const text of ['', '!?', '""', '"', ' \u0301 ']) assert.deepEqual(parseSought(text), [])
})
