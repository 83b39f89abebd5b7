import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { traces } from '@secureconnect/ops/traces'
import { LiveStack } from './live-stack.ts'

const found = await LiveStack.find()
const skip = typeof found === 'string' && found
const docker = (...args: string[]) => promisify(execFile)('docker', args, { timeout: 60_000 })

/** The real one, or where that is not to be had a fake one in its place. */
async function ensureTempo(t: { after: (work: () => unknown) => void }, stack: LiveStack): Promise<string> {
  if ((await stack.containers()).some(({ Name }) => Name === '/secureconnect_tempo')) return 'Tempo'
  const place = ['--network=secureconnect_observability', '--network-alias=tempo']
  const script = ['--volume', `${import.meta.dirname}/fake-tempo.ts:/fake-tempo.ts:ro`]
  const how = ['run', '--detach', '--rm', '--init', '--pull=never', ...place, ...script]
  const { stdout } = await docker(...how, 'node:24-trixie-slim', 'node', '/fake-tempo.ts')
  t.after(() => docker('stop', stdout.trim()))
  return 'a fake Tempo'
}

test('a request leads through the gateway, each service and the database in one trace', { skip }, async (t) => {
  assert.ok(typeof found !== 'string')
  t.diagnostic(`the traces are kept by ${await ensureTempo(t, found)}`)
  const settings = new Map([['COMPOSE_PROFILES', 'postgres,tracing']])
  const place = { domain: '', filesDomain: '', publicIp: '' }
  const findings = await traces.run({ root: found.folder, place, settings })
  t.diagnostic(findings.map(({ detail }) => detail).join())
  assert.deepEqual(
    findings.map(({ what, state }) => [what, state]),
    [['traces', 'ok']],
  )
})
