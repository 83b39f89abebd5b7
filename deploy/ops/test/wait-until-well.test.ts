import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { waitUntilWell } from '../src/docker/wait-until-well.ts'
import { fakeDocker, runningContainer } from './fake-docker.ts'
import { createRoot } from './try-ops.ts'

const root = createRoot(after)

/** The first that is told while something is waited for that does not come. */
async function readFirstLine(): Promise<string> {
  const told = Promise.withResolvers<string>()
  const waiting = new AbortController()
  const output = { print: assert.fail, tell: told.resolve }
  const ended = assert.rejects(waitUntilWell(root, { output, signal: waiting.signal }), { name: 'AbortError' })
  const line = await told.promise
  waiting.abort()
  await ended
  return line
}

test('while a job does not come to its end, it is told what it says of why; what else it says is not', async (t) => {
  const engine = { containers: [runningContainer('init-stores', {}, 'no')], services: 'init-stores' }
  const message = 'Cassandra takes neither its first login nor ours yet: trying again'
  fakeDocker(t, root, { ...engine, logs: JSON.stringify({ level: 'warn', message }) })
  assert.match(await readFirstLine(), new RegExp(`init-stores +running: ${message}$`))
  for (const logs of [JSON.stringify({ level: 'info', message }), 'no line of ours', '']) {
    fakeDocker(t, root, { ...engine, logs })
    assert.match(await readFirstLine(), /init-stores +running$/)
  }
})
