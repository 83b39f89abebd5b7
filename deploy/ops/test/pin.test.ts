import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeEach, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { pin } from '../src/commands/pin.ts'
import { readModel } from '../src/docker/read-model.ts'
import { usePins } from '../src/pins/use-pins.ts'
import { addSettings } from '../src/settings/env-file.ts'
import { createRoot, preferPrograms, tryOps } from './try-ops.ts'

const hasBuildx = await promisify(execFile)('docker', ['buildx', 'version']).then(
  () => true,
  () => false,
)
const type = 'application/vnd.oci.image.index.v1+json'
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

let root = ''
beforeEach((t) => {
  root = createRoot((clean) => (t as TestContext).after(clean))
  mkdirSync(join(root, 'deploy'))
  addSettings(root, new Map([['REVISION', 'test']]))
})
const lock = () => join(root, 'deploy/images.lock')

/** A registry on this machine with one image, which speaks the protocol as far as digests are asked for. */
async function startRegistry(t: TestContext): Promise<{ image: string; move: (note: string) => string }> {
  let index = ''
  const move = (note: string) => {
    index = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [], annotations: { note } })
    return digestOf(index)
  }
  const server = createServer((request, response) => {
    const isKnown = /^\/v2\/(tool\/manifests\/(1|sha256:.+))?$/.test(request.url ?? '')
    response.writeHead(isKnown ? 200 : 404, {
      'Content-Type': type,
      'Docker-Content-Digest': digestOf(index),
      'Content-Length': index.length,
    })
    response.end(request.method === 'HEAD' ? undefined : index)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { image: `127.0.0.1:${address.port}/tool:1`, move }
}

test('images are held to what a registry says, a tag that moved is refused until it is accepted', {
  skip: hasBuildx ? false : 'no docker with buildx on this machine',
}, async (t) => {
  const { image, move } = await startRegistry(t)
  writeFileSync(
    join(root, 'docker-compose.production.yml'),
    `name: pins\nservices:\n  tool: { image: "${image}" }\n  other: { image: "${image}", profiles: [more] }\n  own: { image: secureconnect/own:test, build: . }\n`,
  )
  writeFileSync(join(root, 'deploy/Dockerfile'), `FROM ${image} AS base\nFROM base AS own\n`)
  const first = move('first')
  assert.match((await tryOps(root, pin, '--check')).text, /is not in deploy\/images.lock\n +-> .\/ops pin/)
  assert.equal((await tryOps(root, pin)).code, 0)
  assert.match(readFileSync(lock(), 'utf8'), new RegExp(`^${image} ${first}$`, 'm'))
  assert.equal((await tryOps(root, pin, '--check')).code, 0)
  assert.equal((await readModel(root)).services.tool?.image, `${image}@${first}`)
  const override = JSON.parse(readFileSync(join(root, 'state/compose.images.yml'), 'utf8'))
  assert.deepEqual(override.services.own, {
    build: { additional_contexts: { [image]: `docker-image://${image}@${first}` } },
  })

  const second = move('second')
  for (const words of [[], ['--check']]) {
    const { code, text } = await tryOps(root, pin, ...words)
    assert.equal(code, 1)
    assert.match(text, new RegExp(`is ${second} now, and was ${first}`))
  }
  assert.match(readFileSync(lock(), 'utf8'), new RegExp(first))
  assert.equal((await tryOps(root, pin, '--accept-moved')).code, 0)
  assert.equal((await readModel(root)).services.tool?.image, `${image}@${second}`)

  rmSync(lock())
  await usePins(root)
  assert.equal((await readModel(root)).services.tool?.image, image, 'without a lock nothing is held')
})

/** A FAKE `docker` whose registry answers `digest`, or does not answer. */
function fakeRegistry(t: TestContext, digest: string | undefined): void {
  const model = JSON.stringify({ services: { tool: { image: 'tool:1' }, own: { image: 'secureconnect/own:1' } } })
  const answer = digest === undefined ? 'echo "no such host" >&2; exit 1' : `echo '{"digest":"${digest}"}'`
  preferPrograms(t, root, { docker: `case "$*" in *config*) echo '${model}' ;; buildx*) ${answer} ;; esac` })
}

test('where a registry does not answer nothing is pinned, and an id is not taken for a digest', async (t) => {
  fakeRegistry(t, undefined)
  const { code, text } = await tryOps(root, pin)
  assert.equal(code, 1)
  assert.match(text, /tool:1 +its registry tells no digest: .*no such host[\s\S]+has an id, which is no digest/)
  assert.ok(!existsSync(lock()))
})

test('what is locked and not used any more is told, and a lock that cannot be read is', async (t) => {
  const digest = digestOf('tool')
  fakeRegistry(t, digest)
  writeFileSync(lock(), `# pins\ntool:1 ${digest}\nold:1 ${digest}\n`)
  const { code, text } = await tryOps(root, pin, '--check')
  assert.equal(code, 1)
  assert.match(text, /old:1 +is in deploy\/images.lock, and nothing is made from it/)
  assert.equal((await tryOps(root, pin)).code, 0)
  assert.doesNotMatch(readFileSync(lock(), 'utf8'), /old:1|secureconnect/)
  writeFileSync(lock(), 'tool:1 latest\n')
  assert.match((await tryOps(root, pin)).text, /Line 1 of deploy\/images.lock is no image and its digest/)
})
