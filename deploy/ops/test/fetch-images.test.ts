import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { fetchImages } from '../src/docker/fetch-images.ts'
import { compose, runDocker } from '../src/docker/run-docker.ts'
import { createRoot, preferPrograms } from './try-ops.ts'

const root = createRoot(after)

/** A FAKE `docker` that has one image of three, and a registry that has no other one. */
function fakeRegistry(t: TestContext, services: readonly string[]): void {
  const model = { services: Object.fromEntries(services.map((service) => [service, { image: `${service}:1` }])) }
  preferPrograms(t, root, {
    docker: `case "$*" in
  *"config --format json"*) echo '${JSON.stringify(model)}' ;;
  *"image inspect"*redis:1) echo sha256:1 ;;
  *"image inspect"*) exit 1 ;;
  *pull*) echo "manifest for $4:1 not found" >&2; exit 1 ;;
esac`,
  })
}

async function fetchAll(): Promise<{ lacking: string[]; told: string }> {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const output = { print: write, tell: write }
  const lacking = await fetchImages(root, { output, signal: new AbortController().signal })
  return { lacking, told: lines.join('\n') }
}

test('what only watches is done without where its image cannot be fetched', async (t) => {
  fakeRegistry(t, ['redis', 'tempo'])
  const { lacking, told } = await fetchAll()
  assert.deepEqual(lacking, ['tempo'])
  assert.match(told, /tempo cannot be fetched, so the system starts without it/)
})

test('without an image of what people need nothing is started', async (t) => {
  fakeRegistry(t, ['redis', 'nginx'])
  await assert.rejects(fetchAll(), /An image could not be fetched/)
})

test('what overrides the compose file is named in .env, and counts for every command', async (t) => {
  preferPrograms(t, root, { docker: 'echo "$COMPOSE_FILE"' })
  const ask = async () => (await runDocker(compose('config'), { root })).trim()
  assert.equal(await ask(), 'docker-compose.production.yml')
  const files = 'docker-compose.production.yml:deploy/compose.scale.yml'
  writeFileSync(join(root, '.env'), `COMPOSE_FILE=${files}\n`)
  assert.equal(await ask(), files)
})
