import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { failed, ok, warning } from '../src/checks/finding.ts'
import { reportFindings } from '../src/checks/report-findings.ts'
import { runCheck } from '../src/checks/run-checks.ts'
import { init } from '../src/commands/init.ts'
import { verify } from '../src/commands/verify.ts'
import { Fault } from '../src/fault.ts'
import { ask } from '../src/verify/ask.ts'
import { takeJourney } from '../src/verify/journey.ts'
import { reachAt } from '../src/verify/reach-at.ts'
import { answers, createRoot, tryOps, withoutRoot } from './try-ops.ts'

function report(findings: Parameters<typeof reportFindings>[0], isJson: boolean) {
  const lines: string[] = []
  const print = (line: string) => void lines.push(line)
  const code = reportFindings(findings, { output: { print, tell: print }, isJson })
  return { code, text: lines.join('\n') }
}

test('a table says what failed with what helps, and a warning alone is no failure', () => {
  const findings = [
    ok('redis', 'up'),
    warning('DNS', 'no such name', 'Set it.'),
    failed('https', 'no answer', 'Start it.'),
  ]
  const { code, text } = report(findings, false)
  assert.equal(code, 1)
  assert.match(text, /FAIL +https +no answer\n +-> Start it\./)
  assert.match(text, /1 ok, 1 warnings, 1 failed, 0 skipped/)
  assert.equal(report(findings.slice(0, 2), false).code, 0)
  assert.deepEqual(JSON.parse(report(findings, true).text), { ok: false, findings })
})

test('whatever a check throws is a finding', async () => {
  const fails = (error: Error) => runCheck({ name: 'it', run: async () => Promise.reject(error) }, {})
  assert.deepEqual(await fails(new Fault('It is off.', 'Turn it on.')), [failed('it', 'It is off.', 'Turn it on.')])
  const [finding] = await fails(new TypeError('x is undefined'))
  assert.deepEqual([finding?.state, finding?.detail], ['failed', 'x is undefined'])
})

test('a domain is reached by HTTPS before its DNS is set, and only with the certificate that init made', {
  skip: withoutRoot,
}, async (t) => {
  const root = createRoot((clean) => t.after(clean))
  await tryOps(root, init, ...answers)
  const read = (...path: string[]) => readFileSync(join(root, 'secrets', ...path), 'utf8')
  const server = createServer(
    { key: read('nginx', 'tls_key.pem'), cert: read('nginx', 'tls_cert.pem') },
    (_, response) => response.end('here'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await assert.rejects(ask(`https://chat.example.org:${port}/`), /ENOTFOUND|EAI_AGAIN/)
  reachAt(['chat.example.org', 'other.example.org'], '127.0.0.1')
  await assert.rejects(ask(`https://chat.example.org:${port}/`), /unable to (verify|get)|self-signed/i)
  const usual = getCACertificates('default')
  t.after(() => setDefaultCACertificates(usual))
  setDefaultCACertificates([...usual, read('tls', 'ca.pem')])
  assert.equal((await ask(`https://chat.example.org:${port}/`)).text, 'here')
  await assert.rejects(ask(`https://other.example.org:${port}/`), /altnames/)
})

// Its system takes 5 s to start and to warm up; that people can talk, share and call, other tests show each day.
const fullSize = onlyAtFullSize('its system takes 5 s to start')

test('two people go through the whole system, and that there is no relay is found', fullSize, async (t) => {
  const { address } = await startPreparedSystem(t)
  const findings = await takeJourney(address)
  assert.deepEqual(
    findings.map(({ what, state }) => [what, state]),
    [
      ['accounts', 'ok'],
      ['chat', 'ok'],
      ['files', 'ok'],
      ['calls', 'failed'],
      ['erasure', 'ok'],
    ],
  )
  assert.match(findings.find(({ what }) => what === 'calls')?.detail ?? '', /no relay/)
})

test('where nothing answers, the journey ends at its first step in one sentence', async () => {
  const [finding, ...others] = await takeJourney('http://127.0.0.1:9')
  assert.deepEqual([finding?.what, finding?.state, others], ['accounts', 'failed', []])
  assert.match(finding?.detail ?? '', /No answer from http:\/\/127\.0\.0\.1:9/)
})

test('verify before init says so', async (t) => {
  const { code, text } = await tryOps(
    createRoot((clean) => t.after(clean)),
    verify,
  )
  assert.equal(code, 1)
  assert.match(text, /does not say DOMAIN.*\n.*ops init/)
})
