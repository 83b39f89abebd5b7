import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { certificate } from '../src/commands/certificate.ts'
import { doctor } from '../src/commands/doctor.ts'
import { init } from '../src/commands/init.ts'
import { findLastChange } from '../src/docker/find-last-change.ts'
import { fakeDocker, runningContainer } from './fake-docker.ts'
import { answers, createRoot, tryOps, withoutRoot } from './try-ops.ts'

const skip = withoutRoot
const root = createRoot(after)
const served = () => readFileSync(join(root, 'secrets/nginx/tls_cert.pem'), 'utf8')

/** What an authority that browsers know would have given; here it vouches for itself. */
async function obtain(name: string, domains: readonly string[]) {
  const [chain, key] = [join(root, `${name}.pem`), join(root, `${name}.key`)]
  const names = domains.map((domain) => `DNS:${domain}`).join()
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '90']
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`]
  await promisify(execFile)('openssl', ['req', '-x509', ...how, ...subject, '-keyout', key, '-out', chain])
  return { chain, key }
}

before(async () => {
  if (skip === false) assert.equal((await tryOps(root, init, ...answers)).code, 0)
})

test('a good certificate is given to nginx alone, which reads it at once, and init and doctor leave it', {
  skip,
}, async (t) => {
  const startedAt = new Date()
  const nginx = runningContainer('nginx', { StartedAt: startedAt.toISOString() })
  fakeDocker(t, root, { containers: [nginx], services: 'nginx' })
  const { chain, key } = await obtain('good', ['chat.example.org', 'files.chat.example.org'])
  const { code, text } = await tryOps(root, certificate, chain, key)
  assert.equal(code, 0, text)
  assert.match(text, /serves the new certificate/)
  // Nobody starts nginx anew, or tells of drift, for what it has read.
  assert.ok(findLastChange(join(root, 'secrets/nginx')).at <= startedAt.getTime())
  const { uid, mode } = statSync(join(root, 'secrets/nginx/tls_key.pem'))
  assert.deepEqual([served(), uid, mode & 0o777], [readFileSync(chain, 'utf8'), 101, 0o400])
  await tryOps(root, init, ...answers)
  assert.equal(served(), readFileSync(chain, 'utf8'))
  const { findings } = JSON.parse((await tryOps(root, doctor, '--json')).text)
  assert.equal(findings.find(({ what }: { what: string }) => what === 'certificates')?.state, 'ok')
})

test('one for other domains, with another key or that is not there is refused, and nginx keeps what it has', {
  skip,
}, async (t) => {
  fakeDocker(t, root, {})
  const kept = served()
  const half = await obtain('half', ['chat.example.org'])
  const whole = await obtain('whole', ['chat.example.org', 'files.chat.example.org'])
  const cases: [words: string[], code: number, said: RegExp][] = [
    [[half.chain, half.key], 1, /is not good for files\.chat\.example\.org.*keeps/],
    [[whole.chain, half.key], 1, /does not belong to its key/],
    [[join(root, 'nowhere.pem'), whole.key], 1, /There is no file/],
    [[whole.chain], 2, /takes two files/],
  ]
  for (const [words, code, said] of cases) {
    const answer = await tryOps(root, certificate, ...words)
    assert.equal(answer.code, code)
    assert.match(answer.text, said)
    assert.equal(served(), kept)
  }
})
