import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { surroundings } from '@secureconnect/test/helpers'
import { freePort } from '@secureconnect/test/stack'
import { createFolder } from './create-folder.ts'

const script = join(import.meta.dirname, '../src/webhook.ts')

/** Runs the command to its end. */
function run(...words: string[]): Promise<{ status: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [script, ...words], { env: surroundings }, (error, stdout, stderr) =>
      done({ status: error?.code ?? 0, stdout, stderr }),
    )
  })
}

test('webhooks are tried with the address and the secret in the data folder', async (t) => {
  const data = createFolder(t)
  const none = await run('--data', data, 'try')
  assert.deepEqual([none.status, none.stdout], [1, ''])
  assert.equal(none.stderr, 'There is neither an address nor a secret yet: see --help.\n')

  const port = await freePort()
  mkdirSync(join(data, 'secrets'))
  const secrets = { webhook_url: `http://127.0.0.1:${port}/calls`, webhook_secret: randomBytes(32).toString('base64') }
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(data, 'secrets', name), text, { mode: 0o600 })
  const listening = spawn(process.execPath, [script, '--data', data, 'listen'], { env: surroundings })
  t.after(() => listening.kill('SIGKILL'))
  const lines = createInterface({ input: listening.stdout })[Symbol.asyncIterator]()
  assert.equal((await lines.next()).value, `Listening at 127.0.0.1:${port}; Ctrl-C ends it.`)
  const taken = await run('--data', data, 'try')
  assert.deepEqual([taken.status, taken.stderr], [0, ''])
  assert.match(taken.stdout, new RegExp(`^webhook\\.test was taken by 127\\.0\\.0\\.1:${port} after \\d+ ms\\.\\n$`))
  assert.match(String((await lines.next()).value), /^\{"type":"webhook\.test"/)
  listening.kill('SIGINT')
  assert.deepEqual(await once(listening, 'exit'), [0, null])
})

test('words that make no sense are answered with how to say it', async () => {
  const [unknown, wrong, help] = await Promise.all([run('post'), run('--nope'), run('--data', 'elsewhere', '--help')])
  assert.match(unknown.stderr, /^There is no command post\.\n\n[\s\S]*npm run webhook -- try/)
  assert.match(wrong.stderr, /^Unknown option '--nope': npm run webhook -- --help shows/)
  assert.deepEqual([unknown.status, wrong.status, help.status], [1, 1, 0])
  assert.match(help.stdout, /elsewhere\/secrets\/webhook_url/)
})
