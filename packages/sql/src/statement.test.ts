import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeStatement, toStatement } from './statement.ts'

test('a statement is named by what it does and the table it does it to', () => {
  const cases = {
    'select a from users where b in (select c from sessions)': 'select users',
    '\n  insert into sessions (a) select b from users': 'insert sessions',
    'update users set a = 1': 'update users',
    'delete from sessions where a = 1 returning b': 'delete sessions',
    'with due as (select a from outbox for update skip locked) update outbox o set b = 1 from due': 'update outbox',
    'with due as (select a from outbox) select * from due': 'select outbox',
    'with gone as (delete from tickets returning a) select a from gone': 'delete tickets',
    'insert into a (b) values (1) on conflict (b) do update set c = 1': 'insert a',
    'select 1': 'select none',
    begin: 'begin none',
  }
  for (const [text, name] of Object.entries(cases)) {
    const { operation, table } = describeStatement(text)
    assert.equal(`${operation} ${table}`, name, text)
  }
})

test('each place in the code is turned into a statement once', () => {
  const build = (strings: TemplateStringsArray, ..._values: number[]) => toStatement(strings)
  const both = [1, 2].map((n) => build`select ${n} where ${n} = ${n}`)
  assert.equal(both[0]?.text, 'select $1 where $2 = $3')
  assert.equal(both[0], both[1])
})
