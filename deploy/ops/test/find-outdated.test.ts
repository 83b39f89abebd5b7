import assert from 'node:assert/strict'
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findOutdated } from '../src/docker/find-outdated.ts'
import { fakeDocker, runningContainer } from './fake-docker.ts'
import { createRoot } from './try-ops.ts'

const root = createRoot(after)
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)

/** A file that was written so long ago, in a folder of that time. */
function write(hours: number, ...path: string[]): string {
  const file = join(root, ...path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, 'text')
  for (const one of [file, join(file, '..')]) utimesSync(one, hoursAgo(hours), hoursAgo(hours))
  return file
}

test('what reads a config or a secret that has changed since it started is named, and nothing else is', async (t) => {
  const startedAt = { StartedAt: hoursAgo(2).toISOString() }
  const bind = (...sources: string[]) => ({
    volumes: sources.map((source) => ({ type: 'bind', source, target: source })),
  })
  const old = write(3, 'configs/old/old.conf')
  const services = {
    nginx: bind(old, write(1, 'configs/nginx/nginx.conf')),
    redis: bind(old, join(write(1, 'secrets/redis/redis_password'), '..')),
    postgres: bind(old, join(write(3, 'secrets/postgres/db_password'), '..')),
    alloy: bind('/proc/self/status'),
    loki: { volumes: [{ type: 'volume', source: 'loki' }] },
    migrate: bind(write(1, 'secrets/migrate/db_password')),
    tempo: bind(write(1, 'configs/tempo/tempo.yml')),
  }
  const running = ['nginx', 'redis', 'postgres', 'alloy', 'loki'].map((name) => runningContainer(name, startedAt))
  const containers = [
    ...running,
    runningContainer('migrate', startedAt, 'no'),
    runningContainer('tempo', { ...startedAt, Status: 'exited' }),
  ]
  fakeDocker(t, root, { containers, services: Object.keys(services).join('\n'), model: { services } })
  assert.deepEqual(await findOutdated(root), ['nginx', 'redis'])

  rmSync(join(root, 'secrets/postgres/db_password'))
  assert.deepEqual(await findOutdated(root), ['nginx', 'postgres', 'redis'], 'what was taken away counts as well')
})
