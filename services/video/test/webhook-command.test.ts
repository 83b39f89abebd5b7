import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { surroundings } from '@secureconnect/test/helpers'
import { freePort } from '@secureconnect/test/stack'
import { startReceiver } from './webhook-receiver.ts'

type Env = Readonly<Record<string, string>>

const script = join(import.meta.dirname, '../webhook.ts')
const secret = randomBytes(32).toString('base64')

/** Runs the command to its end, while this process goes on answering it. */
async function run(env: Env, ...words: string[]) {
  const child = spawn(process.execPath, [script, ...words], { env: { ...surroundings, ...env } })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (chunk) => (said[stream] += chunk))
  const [status] = await once(child, 'close')
  return { status, ...said }
}

test('an operator tries whether webhooks arrive, and is told why not', async (t) => {
  const receiver = await startReceiver(t)
  const taken = await run(receiver.env, 'try')
  assert.deepEqual([taken.status, taken.stderr], [0, ''])
  assert.match(taken.stdout, /^webhook\.test was taken by 127\.0\.0\.1:\d+ after \d+ ms\.\n$/)
  assert.deepEqual(
    receiver.received.map(({ webhook: { type, data } }) => [type, data]),
    [['webhook.test', {}]],
  )
  receiver.answer = () => ({ status: 401 })
  const refused = await run(receiver.env, 'try')
  assert.deepEqual([refused.status, refused.stdout], [1, ''])
  assert.match(refused.stderr, /was not taken by 127\.0\.0\.1:\d+: The receiver of webhooks answered 401\.\n$/)
})

test('the command plays the receiver, shows what is signed and refuses what is not', async (t) => {
  const port = await freePort()
  const env = { WEBHOOK_URL: `http://127.0.0.1:${port}/calls`, WEBHOOK_SECRET: secret }
  const listening = spawn(process.execPath, [script, 'listen'], { env: { ...surroundings, ...env } })
  t.after(() => listening.kill('SIGKILL'))
  const lines = createInterface({ input: listening.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  assert.equal(await next(), `Listening at 127.0.0.1:${port}; Ctrl-C ends it.`)
  assert.equal((await run(env, 'try')).status, 0)
  assert.match(await next(), /^\{"type":"webhook\.test","timestamp":".*","sequence":1,"data":\{\}\}$/)
  const forged = await run({ ...env, WEBHOOK_SECRET: randomBytes(32).toString('base64') }, 'try')
  assert.match(forged.stderr, /answered 401/)
  assert.equal(await next(), 'A post came whose signature is wrong.')
  const rotating = await run({ ...env, WEBHOOK_SECRET: `${randomBytes(32).toString('base64')}\n${secret}` }, 'try')
  assert.equal(rotating.status, 0, 'signed with the new and the old secret')
  listening.kill('SIGINT')
  assert.deepEqual(await once(listening, 'exit'), [0, null])
})

test('what is wrong with the words or the settings is said', async () => {
  const unknown = await run({}, 'post')
  assert.equal(unknown.status, 1)
  assert.match(
    unknown.stderr,
    /^There is no command post\.\n\nTries webhooks[\s\S]+node services\/video\/webhook\.ts try/,
  )
  assert.match((await run({}, 'try')).stderr, /neither an address nor a secret yet: see --help/)
})
