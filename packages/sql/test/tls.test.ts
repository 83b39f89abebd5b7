import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, chown, copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { ownPostgresServer } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { column, connectPostgres, type Sql } from '../src/index.ts'
import { toPostgresOptions } from './testing.ts'

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'tls-'))
after(() => rm(folder, { recursive: true }))

/** A certificate that signs itself, good for the one name given. */
async function createCertificate(name: string, subjectAltName: string) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await run('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate])
  return { key, certificate }
}

/** Turns TLS on in a running server; the files must belong to the user it runs as. */
async function serveTls(sql: Sql, files: { key: string; certificate: string }): Promise<void> {
  const Setting = Type.Object({ value: column.text })
  const { value: data } = await sql.one(Setting)`select current_setting('data_directory') as value`
  const { uid, gid } = await stat(data)
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  for (const [from, to] of [
    [files.key, key],
    [files.certificate, certificate],
  ] as const) {
    await copyFile(from, to)
    await chmod(to, 0o600)
    await chown(to, uid, gid)
  }
  await sql.execute`alter system set ssl = on`
  await sql.execute`select pg_reload_conf()`
  // The server tells its sessions after it has changed itself.
  while ((await sql.one(Setting)`select current_setting('ssl') as value`).value !== 'on');
}

const server = await ownPostgresServer({ after })
const plain = await connectPostgres(toPostgresOptions(server))
const ours = await createCertificate('ours', 'IP:127.0.0.1')
const foreign = await createCertificate('foreign', 'IP:127.0.0.1')
await serveTls(plain, ours)
await plain.close()

async function connect(dbTlsCa: string, dbHost = server.host): Promise<Sql> {
  const sql = await connectPostgres({ ...toPostgresOptions(server), dbHost, dbTlsCa })
  after(() => sql.close())
  return sql
}

test('with its authority named, the connection is encrypted', async () => {
  const sql = await connect(ours.certificate)
  const Encryption = Type.Object({ ssl: column.flag })
  assert.deepEqual(await sql.one(Encryption)`select ssl from pg_stat_ssl where pid = pg_backend_pid()`, { ssl: true })
})

test('a server whose certificate comes from elsewhere is not spoken to', async () => {
  const sql = await connect(foreign.certificate)
  await assert.rejects(sql.execute`select 1`, { code: 'SERVICE_UNAVAILABLE' })
})

test('a certificate for another name is refused', async () => {
  const sql = await connect(ours.certificate, 'localhost')
  await assert.rejects(sql.execute`select 1`, (error: Error) => {
    assert.match(String(error.cause), /does not match certificate/)
    return true
  })
})

test('a missing authority file is told at the start, by its name', async () => {
  await assert.rejects(connect(join(folder, 'nowhere.crt')), /nowhere\.crt/)
})
