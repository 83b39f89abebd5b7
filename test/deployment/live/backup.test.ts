import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { TestSocket } from '@secureconnect/chat-service/testing'
import { accounts, calls, conversations, files, messages } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { call } from '@secureconnect/test/services'
import { mayStopContainers } from './config.ts'
import { LiveStack } from './live-stack.ts'
import { runOps } from './ops.ts'
import { gateway } from './someone.ts'
import { transfer } from './transfer.ts'

const found = mayStopContainers ? await LiveStack.find() : 'stops containers, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found

const folder = '/var/lib/secureconnect/backups/kept'
/** All that people have, but not what was backed up. */
const volumes = ['postgres', 'cassandra', 'objects', 'redis', 'recordings']
const note = Buffer.from('a note that is to come back')

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

const ops = (...words: readonly string[]) => runOps(stack().folder, ...words)
const inBackup = async (...words: readonly string[]) => (await stack().run('backup', ...words)).trim().split('\n')
const authority = () => readFileSync(join(stack().folder, 'secrets/tls/ca.pem'), 'utf8')

type Login = { email: string; password: string }

async function signIn(login: Login): Promise<string> {
  const { status, data } = await call(gateway, accounts.login, { body: login })
  assert.equal(status, 200)
  return data.access_token
}

async function keepFile(token: string): Promise<string> {
  const body = { file_name: 'note.txt', content_type: 'text/plain', file_size: note.length }
  const { data: ticket } = await call(gateway, files.beginUpload, { token, body })
  assert.ok(ticket.upload_url)
  await transfer(ticket.upload_url, { ca: authority(), method: 'PUT', headers: ticket.headers, bytes: note })
  const { status } = await call(gateway, files.completeUpload, { token, body: { file_id: ticket.file_id } })
  assert.ok(status < 300)
  return ticket.file_id
}

/** Two people with a message, a file and a call behind them. */
async function live() {
  const people = [0, 1].map(() => `b-${randomUUID().slice(0, 12)}`)
  const logins = people.map((name) => ({ email: `${name}@example.org`, password: 'seven quiet harbours' }))
  const ids: string[] = []
  for (const [index, username] of people.entries()) {
    const body = { ...logins[index], username, display_name: 'Somebody' }
    ids.push((await call(gateway, accounts.register, { body })).data.user.user_id)
  }
  const [login = assert.fail()] = logins
  const token = await signIn(login)
  const group = { type: 'group', title: 'Harbour', participant_ids: ids.slice(1) } as const
  const { conversation_id } = (await call(gateway, conversations.create, { token, body: group })).data
  const send = async (content: string) => {
    const body = { conversation_id, content, message_type: 'text' } as const
    return (await call(gateway, messages.send, { token, body })).data.seq
  }
  await send('what was said before')
  const fileId = await keepFile(token)
  const { call_id } = (await call(gateway, calls.initiate, { token, body: { conversation_id, call_type: 'audio' } }))
    .data
  await call(gateway, calls.end, { token, params: { call_id } })
  return { login, token, conversation_id, fileId, call_id, send }
}

type Life = Awaited<ReturnType<typeof live>>

async function assertBack(t: TestContext, { login, conversation_id, fileId, call_id }: Life, lastSeq: number) {
  const token = await signIn(login)
  const { data: page } = await call(gateway, messages.list, { token, query: { conversation_id } })
  const texts = page.messages.map(({ content }) => content)
  assert.ok(texts.includes('what was said before') && !texts.includes('what is undone'), JSON.stringify(texts))
  const { data: download } = await call(gateway, files.getDownload, { token, params: { file_id: fileId } })
  assert.ok(note.equals(await transfer(download.download_url, { ca: authority(), method: 'GET' })))
  const { data: history } = await call(gateway, calls.list, { token })
  assert.ok(history.calls.some((one) => one.call_id === call_id))
  const socket = await TestSocket.open(t, gateway, { token })
  const { subscribed } = await socket.subscribe({ [conversation_id]: { log_epoch: 1, seq: lastSeq } })
  assert.equal(subscribed[conversation_id]?.recovered, false)
}

suite('backups of the running stack', { skip }, () => {
  let life: Life

  test('one is taken while the system goes on, and every byte of it can be read', async () => {
    await stack().well()
    life = await live()
    assert.equal((await ops('backup')).code, 0)
    assert.match((await ops('backup', 'verify')).said, /Every byte of \S+ is as it was kept/)
  })

  test('one that is killed half-way is not counted, and the next removes what it left', async () => {
    const before = (await ops('backup', 'list')).said
    // What takes files from there waits, with the database and the archive kept already.
    await stack().pause('object-store')
    const taken = ops('backup')
    const isHalf = async () => {
      const sets = await inBackup('ls', `${folder}/sets`)
      const newest = await inBackup('ls', `${folder}/sets/${sets.sort().at(-1)}`)
      return newest.includes('archive') && !newest.includes('objects')
    }
    await until('it is half taken', isHalf, 60_000)
    await stack().kill(await stack().container('backup'))
    await stack().unpause('object-store')
    assert.equal((await taken).code, 1)
    await stack().start('backup')
    await stack().well()
    assert.equal((await ops('backup', 'list')).said, before)
    const left = await inBackup('ls', `${folder}/sets`)
    assert.equal((await ops('backup')).code, 0)
    const counted = await inBackup('ls', `${folder}/manifests`)
    const sets = await inBackup('find', `${folder}/sets`, '-name', '0*', '-path', '*sql/users*')
    assert.ok(left.length > 1)
    for (const path of sets)
      assert.ok(
        counted.some((set) => path.includes(set)),
        path,
      )
  })

  test('a drill succeeds and says how long it took; one of a damaged set fails and says what is damaged', async () => {
    const good = await ops('restore-drill')
    assert.equal(good.code, 0)
    assert.match(good.said, /can be restored: \d+ rows, \d+ of the archive, \d+ files, in [\d.]+ s \(RTO\)/)
    const [newest = ''] = (await inBackup('ls', `${folder}/sets`)).sort().reverse()
    await inBackup('sh', '-c', `echo changed >> ${folder}/sets/${newest}/sql/users/00000001`)
    const bad = await ops('restore-drill')
    assert.equal(bad.code, 1)
    assert.match(bad.said, /Piece 1 of sets\/\S+users cannot be opened/)
    assert.equal((await ops('backup')).code, 0)
  })

  test('everything comes back onto empty volumes, and older clients are told so', async (t) => {
    const lastSeq = await life.send('what is undone')
    await stack().empty(volumes)
    assert.equal((await ops('up', '--no-build')).code, 0)
    assert.equal((await call(gateway, accounts.login, { body: life.login })).status, 401)
    assert.equal((await ops('restore')).code, 0)
    await assertBack(t, life, lastSeq)
    assert.equal((await ops('restore')).code, 1, 'what is there is not to go unasked')
  })
})
