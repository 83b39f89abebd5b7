import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

/** What a process of its own does: it fills some 50 MB, needs them no more, and tells what it gave back of them. */
const script = `
  const { releaseStartupMemory } = await import(process.argv[1])
  let loaded = Array.from({ length: 1_000_000 }, (_, index) => ({ index }))
  loaded = undefined
  const before = process.memoryUsage().rss
  releaseStartupMemory()
  console.log(JSON.stringify({ freedMb: (before - process.memoryUsage().rss) / 1e6, gc: typeof globalThis.gc }))`

test('what only starting needed goes back to the system, and no way to collect garbage is left open', () => {
  const module = join(import.meta.dirname, 'release-startup-memory.ts')
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', script, module], { encoding: 'utf8' })
  const { freedMb, gc } = JSON.parse(told)
  assert.ok(freedMb > 20, `${freedMb} MB`)
  assert.equal(gc, 'undefined')
})
