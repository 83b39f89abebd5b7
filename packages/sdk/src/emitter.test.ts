import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmitter } from './emitter.ts'

test('whoever listens hears, until he wants to hear no more', () => {
  const { on, emit } = createEmitter<{ word: string }>()
  const heard: string[] = []
  const stop = on('word', (word) => heard.push(word))
  on('word', (word) => heard.push(word.toUpperCase()))
  emit('word', 'one')
  stop()
  emit('word', 'two')
  assert.deepEqual(heard, ['one', 'ONE', 'TWO'])
})

test('a listener that fails keeps nothing from the others, and its fault is not hidden', async () => {
  const { on, emit } = createEmitter<{ word: string }>()
  const thrown = new Promise<Error>((done) => process.setUncaughtExceptionCaptureCallback(done))
  const heard: string[] = []
  on('word', () => {
    throw new Error('a fault of the page')
  })
  on('word', (word) => heard.push(word))
  emit('word', 'one')
  assert.deepEqual(heard, ['one'])
  assert.match((await thrown).message, /a fault of the page/)
  process.setUncaughtExceptionCaptureCallback(null)
})
