import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { freePort } from '@secureconnect/test/stack'
import { createClamdScanner, ScanError, scanSettings } from '../src/inspect/clamd.ts'
import { harmless, startFakeClamd } from './fake-clamd.ts'

const host = '127.0.0.1'
const streamOf = (bytes: Buffer, pieceBytes = 64 * 1024) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
      bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
    ),
  )

function scanError(reason: ScanError['reason']) {
  return (error: unknown) => error instanceof ScanError && error.reason === reason
}

test('a scanner is given every byte and says what it found', async (t) => {
  const clamd = await startFakeClamd(t)
  const scanner = createClamdScanner({ host, port: clamd.port })
  const bytes = randomBytes(3_000_000)
  assert.deepEqual(await scanner.scan(streamOf(bytes)), { isClean: true })
  assert.ok(clamd.received.equals(bytes))
  assert.deepEqual(await scanner.scan(streamOf(Buffer.alloc(0))), { isClean: true })
  const bad = Buffer.concat([randomBytes(100_000), Buffer.from(harmless)])
  assert.deepEqual(await scanner.scan(streamOf(bad, 7)), { isClean: false, found: 'Eicar-Signature' })
})

test('what is larger than the scanner takes is not clean', async (t) => {
  const { port } = await startFakeClamd(t, { mostBytes: 1_000_000 })
  const scanner = createClamdScanner({ host, port })
  await assert.rejects(scanner.scan(streamOf(randomBytes(8_000_000))), scanError('too-large'))
})

test('without a scanner, or with bytes that break off, nothing is clean', async (t) => {
  const away = createClamdScanner({ host, port: await freePort() })
  await assert.rejects(away.scan(streamOf(randomBytes(10))), scanError('unreachable'))
  const { port } = await startFakeClamd(t)
  const broken = new Readable({
    read() {
      this.push(randomBytes(10))
      this.destroy(new Error('cut off'))
    },
  })
  await assert.rejects(createClamdScanner({ host, port }).scan(broken), scanError('failed'))
})

test('a scanner that hangs holds nobody for ever', async (t) => {
  const clamd = await startFakeClamd(t)
  clamd.hang()
  const scanner = createClamdScanner({ host, port: clamd.port }, 200)
  await assert.rejects(scanner.scan(streamOf(randomBytes(10))), scanError('silent'))
})

test('an address is a port or a socket, and nothing else', () => {
  const read = (url: string) => parseConfig(scanSettings, { env: { CLAMD_URL: url } }).clamdUrl
  assert.deepEqual(read('tcp://clamd:3310'), { host: 'clamd', port: 3_310 })
  assert.deepEqual(read('unix:///run/clamd.sock'), { path: '/run/clamd.sock' })
  for (const url of ['http://clamd:3310', 'tcp://clamd', 'unix:', 'clamd']) {
    assert.throws(() => read(url), /CLAMD_URL must be such as/, url)
  }
  assert.equal(parseConfig(scanSettings, { env: {} }).clamdUrl, undefined)
})
