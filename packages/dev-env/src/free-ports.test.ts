import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { findPortBase } from '../test/find-port-base.ts'
import { assertPortsFree } from './free-ports.ts'

test('a taken port is named together with the option that chooses others', async (t) => {
  const first = await findPortBase()
  const server = createServer().listen(first + 3, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  await assertPortsFree(first, 3)
  await assert.rejects(assertPortsFree(first, 5), {
    message: `Port ${first + 3} is in use: stop what uses it, or choose others with --port-base, as in npm start -- --port-base ${first + 1_000}.`,
  })
})
