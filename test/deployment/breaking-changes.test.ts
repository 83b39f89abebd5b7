import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './compose-file.ts'

type BreakingChange = { id: string; what: string; todo: string }

test('a change that operators have to act on has an id of its own, and stands in the changelog', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const changes: BreakingChange[] = JSON.parse(read('deploy/breaking-changes.json'))
  assert.equal(new Set(changes.map(({ id }) => id)).size, changes.length)
  for (const { id, what, todo } of changes) {
    assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/)
    assert.ok(what.endsWith('.') && todo.endsWith('.'), `${id} is not told in sentences`)
    assert.ok(read('CHANGELOG.md').includes(`\`${id}\``), `CHANGELOG.md does not name ${id}`)
  }
})
