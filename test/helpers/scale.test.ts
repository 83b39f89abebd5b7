import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

/** Evaluates in a process of its own, for the scale is read once from the environment. */
function evaluate(expression: string, scale?: string): string {
  const module = join(import.meta.dirname, 'index.ts')
  const code = `const { scale, onlyAtFullSize } = await import(${JSON.stringify(module)}); console.log(${expression})`
  const { TEST_SCALE: _, ...env } = process.env
  const options = { env: { ...env, ...(scale && { TEST_SCALE: scale }) }, stdio: 'pipe', encoding: 'utf8' } as const
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], options).trim()
}

test('without a setting a hundredth of the stated count is run', () => {
  assert.equal(evaluate('scale(1000)'), '10')
})

test('never less than what still shows something is run, and never more than what is stated', () => {
  assert.equal(evaluate('scale(100, 20)'), '20')
  assert.equal(evaluate('scale(10, 20)'), '10')
  assert.equal(evaluate('scale(2)'), '1')
})

test('a full run takes every count as stated', () => {
  assert.equal(evaluate('scale(1000, 20)', '1'), '1000')
})

test('a scale that makes no sense is refused', () => {
  for (const scale of ['0', '2', 'half']) assert.throws(() => evaluate('scale(1)', scale), /TEST_SCALE must be/)
})

test('what runs at full size alone says each day why', () => {
  assert.equal(evaluate("onlyAtFullSize('it takes long').skip"), 'it takes long, so only at full size')
  assert.equal(evaluate("onlyAtFullSize('it takes long').skip", '1'), 'false')
})
