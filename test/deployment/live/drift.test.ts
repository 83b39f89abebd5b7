import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { promisify } from 'node:util'
import { findDrift } from '@secureconnect/ops/find-drift'
import { mayStopContainers } from './config.ts'
import { LiveStack } from './live-stack.ts'

const found = mayStopContainers ? await LiveStack.find() : 'changes the stack by hand, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found
const docker = (...args: string[]) => promisify(execFile)('docker', args, { timeout: 60_000 })

function folder(): string {
  assert.ok(typeof found !== 'string')
  return found.folder
}

/** What is found now and was not before, as sentences. */
async function listNew(before: readonly string[]): Promise<string[]> {
  return (await listAll()).filter((one) => !before.includes(one))
}

async function listAll(): Promise<string[]> {
  return (await findDrift(folder())).map(({ what, detail }) => `${what} ${detail}`)
}

suite('what was done by hand', { skip }, () => {
  test('a config that was edited is named', async (t) => {
    const before = await listAll()
    const path = join(folder(), 'configs/loki/loki.yml')
    const [text, { atime, mtime }] = [readFileSync(path, 'utf8'), statSync(path)]
    t.after(() => {
      writeFileSync(path, text)
      utimesSync(path, atime, mtime)
    })
    appendFileSync(path, '# by hand\n')
    const told = await listNew(before)
    assert.ok(told.includes('config of loki configs/loki/loki.yml was changed after loki started'), told.join('\n'))
    assert.ok(
      told.includes('configs configs/loki/loki.yml differs from the commit, which loki mounts'),
      told.join('\n'),
    )
  })

  test('a container that was run by hand is named, and a network that one was put on', async (t) => {
    const before = await listAll()
    assert.ok(typeof found !== 'string')
    const { Config } = await found.container('redis')
    t.after(() => docker('rm', '--force', 'drift-trial'))
    await docker(
      'run',
      '--detach',
      '--name',
      'drift-trial',
      '--network',
      'secureconnect_data',
      '--entrypoint',
      'sleep',
      Config.Image,
      '300',
    )
    await docker('network', 'connect', 'secureconnect_data', 'secureconnect_loki')
    t.after(() => docker('network', 'disconnect', '--force', 'secureconnect_data', 'secureconnect_loki'))
    assert.deepEqual((await listNew(before)).toSorted(), [
      `container drift-trial was run by hand on secureconnect_data, from ${Config.Image}`,
      'networks of loki has secureconnect_data too',
    ])
  })

  test('an image that its tag no longer leads to is named', async (t) => {
    const before = await listAll()
    assert.ok(typeof found !== 'string')
    const { Config, Image } = await found.container('blackbox-exporter')
    const other = (await found.container('node-exporter')).Image
    t.after(() => docker('tag', Image, Config.Image))
    await docker('tag', other, Config.Image)
    assert.deepEqual(await listNew(before), [
      `image of blackbox-exporter is an older one of ${Config.Image}, a tag that leads to another now`,
    ])
  })
})
