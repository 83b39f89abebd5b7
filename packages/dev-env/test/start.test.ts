import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { DataFolder } from '../src/data-folder.ts'
import { createFolder, fillDataFolder } from './create-folder.ts'
import { findPortBase } from './find-port-base.ts'
import { StartedSystem } from './started-system.ts'

/** Where a test's systems keep their data and listen. */
async function createPlace(t: TestContext): Promise<{ folder: string; portBase: number; args: string[] }> {
  const folder = join(createFolder(t), 'data')
  const portBase = await findPortBase()
  return { folder, portBase, args: ['--data', folder, '--port-base', String(portBase)] }
}

/** Does what the printed commands do, in their order, and returns the answers. */
async function followCommands(output: string): Promise<string[]> {
  const commands = output.matchAll(/curl -s (\S+)(?: -H 'content-type: (\S+)' \\\n\s+-d '(.+)')?/g)
  const answers: string[] = []
  let token = ''
  for (const [, address, type, body] of commands) {
    const init = body ? { method: 'POST', body, headers: { 'content-type': type ?? '' } } : {}
    const answer = await fetch(`http://${address}`, body ? init : { headers: { authorization: `Bearer ${token}` } })
    const text = await answer.text()
    token = /"access_token":"([^"]+)"/.exec(text)?.[1] ?? token
    answers.push(`${answer.status} ${text}`)
  }
  return answers
}

function userIdIn(answer = ''): string {
  const [, userId] = /"user_id":"([^"]+)"/.exec(answer) ?? assert.fail(answer)
  return userId ?? ''
}

/** Waits for a system that can no longer say that it runs: there is nothing to hear, so it is asked again and again. */
async function reachable(port: number): Promise<void> {
  const isThere = () => fetch(`http://127.0.0.1:${port}/health`).then(Boolean, () => false)
  while (!(await isThere())) await setTimeout(50)
}

/** A system that ended as asked leaves nobody in its group and nobody on its port. */
async function assertNothingLeft(system: StartedSystem, portBase: number): Promise<void> {
  assert.throws(() => system.signal('SIGCONT'), { code: 'ESRCH' })
  await assert.rejects(fetch(`http://127.0.0.1:${portBase}/health`))
}

test('the printed commands work after every start, and the account outlives Ctrl-C and a kill', async (t) => {
  const { portBase, args } = await createPlace(t)
  const first = new StartedSystem(t, args)
  await first.running()
  const [registered, , me] = await followCommands(first.output)
  assert.match(registered ?? '', /^201 .*"username":"ada"/)
  assert.match(me ?? '', /^200 .*"username":"ada"/)
  first.signal('SIGINT')
  first.signal('SIGINT')
  const { code, output } = await first.end()
  assert.equal(code, 0, output)
  assert.match(
    output,
    /^(?:Building the web client …\n)?Creating the database …\n\nSecureConnect runs .*\n\nStopping …\n$/s,
  )
  await assertNothingLeft(first, portBase)

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const next = new StartedSystem(t, args)
    await next.running()
    assert.match(next.output, /^(?:Building the web client …\n)?Opening the database …/)
    const [refused, , again] = await followCommands(next.output)
    assert.match(refused ?? '', /^409 .*EMAIL_EXISTS/)
    assert.equal(userIdIn(again), userIdIn(me))
    next.signal(signal)
    assert.equal((await next.end()).code, signal === 'SIGTERM' ? 0 : null)
  }
})

test('settings in a file reach the services, and what is wrong with them is told', async (t) => {
  const { folder, portBase, args } = await createPlace(t)
  const file = `${folder}.env`
  const withSettings = [...args, '--settings', file]
  const without = await new StartedSystem(t, withSettings).end()
  assert.deepEqual([without.code, without.output.split('\n').length], [1, 2])
  assert.match(without.output, /one NAME=value a line after --settings/)
  writeFileSync(file, 'MAX_FILE_BYTES=many\n')
  const wrong = await new StartedSystem(t, withSettings).end()
  assert.equal(wrong.code, 1)
  assert.match(wrong.output, /The configuration has a fault:\n {2}- MAX_FILE_BYTES /)
  const origin = 'https://pages.example.org'
  await fillDataFolder(folder)
  writeFileSync(file, `# Where our pages are.\nCORS_ALLOWED_ORIGINS=${origin}\n`)
  await new StartedSystem(t, withSettings).running()
  const { headers } = await fetch(`http://127.0.0.1:${portBase}/version`, { headers: { origin } })
  assert.equal(headers.get('access-control-allow-origin'), origin)
})

test('a second start says who holds the folder, and changes nothing in it', async (t) => {
  const { folder, args } = await createPlace(t)
  using _held = DataFolder.claim(folder)
  mkdirSync(join(folder, 'mail'))
  const before = readdirSync(folder)
  const { code, output } = await new StartedSystem(t, [...args, '--reset', '--yes']).end()
  assert.equal(code, 1)
  assert.match(output, new RegExp(`^${folder} is in use by process ${process.pid}, running since [^\\n]+\\n$`))
  assert.deepEqual(readdirSync(folder), before)
})

test('a taken port is one sentence with the way out, and nothing is started', async (t) => {
  const { folder, portBase, args } = await createPlace(t)
  const other = createServer().listen(portBase + 1, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  const { code, output } = await new StartedSystem(t, args).end()
  assert.equal(code, 1)
  assert.match(output, new RegExp(`^Port ${portBase + 1} is in use: .*--port-base \\d+\\.\\n$`))
  assert.deepEqual(readdirSync(folder), ['secureconnect.lock'])
})

test('--reset deletes the data only where somebody agreed', async (t) => {
  const { folder, args } = await createPlace(t)
  const mail = join(folder, 'mail')
  mkdirSync(mail, { recursive: true })
  writeFileSync(join(folder, 'secureconnect.lock'), '')
  const { code, output } = await new StartedSystem(t, [...args, '--reset']).end()
  assert.equal(code, 1)
  assert.match(output, /^--reset asks before it deletes: answer with --yes[^\n]+\n$/)
  assert.equal(existsSync(mail), true)

  const agreed = new StartedSystem(t, [...args, '--reset', '--yes'])
  await agreed.told(/Creating the database/)
  assert.equal(existsSync(mail), false)
  agreed.signal('SIGKILL')
})

test('--reset never touches a folder that holds other things', async (t) => {
  const { folder, args } = await createPlace(t)
  mkdirSync(join(folder, 'mail'), { recursive: true })
  const { code, output } = await new StartedSystem(t, [...args, '--reset', '--yes']).end()
  assert.equal(code, 1)
  assert.match(output, /holds other things than the data of SecureConnect/)
  assert.deepEqual(readdirSync(folder), ['mail'])
})

test('a signal while it starts ends it in order and shows no addresses', async (t) => {
  const { folder, portBase, args } = await createPlace(t)
  const system = new StartedSystem(t, args)
  await system.told(/Creating the database/)
  system.signal('SIGTERM')
  const { code, output } = await system.end()
  assert.equal(code, 0, output)
  assert.doesNotMatch(output, /SecureConnect runs/)
  assert.equal(existsSync(join(folder, 'secureconnect.pid')), false)
  await assertNothingLeft(system, portBase)
})

test('it goes on when nobody reads what it says, and ends in order when its terminal is closed', async (t) => {
  const { folder, portBase, args } = await createPlace(t)
  await fillDataFolder(folder)
  const system = new StartedSystem(t, args)
  await system.told(/Opening the database/)
  const { stdout } = system.child
  assert.ok(stdout)
  await once(stdout.destroy(), 'close')
  await reachable(portBase)
  system.signal('SIGHUP')
  const { code, output } = await system.end()
  assert.equal(code, 0, output)
})

test('a database that cannot be opened is one sentence with the way out', async (t) => {
  const { folder, args } = await createPlace(t)
  mkdirSync(join(folder, 'sql'), { recursive: true })
  writeFileSync(join(folder, 'secureconnect.lock'), '')
  writeFileSync(join(folder, 'sql', 'PG_VERSION'), 'none\n')
  const { code, output } = await new StartedSystem(t, args).end()
  assert.equal(code, 1)
  assert.match(output, /^Opening the database …\nThe database in \S+ cannot be opened: [^\n]+--reset\.\n$/)
})
