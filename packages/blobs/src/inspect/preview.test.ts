import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import { createLogger } from '@secureconnect/logging'
import sharp, { type Sharp } from 'sharp'
import { makePreview, previewedTypes } from './preview.ts'

const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })
const preview = (bytes: Buffer) => makePreview(Readable.from([bytes]), log)

function createImage(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 30 } } })
}

function createChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A few bytes that claim to be a picture of this size. */
function createBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const rows = deflateSync(Buffer.alloc(1_000_000))
  return Buffer.concat([
    signature,
    createChunk('IHDR', header),
    createChunk('IDAT', rows),
    createChunk('IEND', Buffer.alloc(0)),
  ])
}

test('a photo has a small preview, upright, which does not say where it was taken', async () => {
  const photo = await createImage(1_600, 900)
    .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'canary' } } })
    .jpeg()
    .toBuffer()
  assert.ok(photo.includes('canary'))
  const made = await preview(photo)
  assert.deepEqual([made?.width, made?.height, made?.contentType], [900, 1_600, 'image/webp'])
  const { format, width, height, exif, orientation } = await sharp(made?.bytes).metadata()
  assert.deepEqual([format, width, height, exif, orientation], ['webp', 288, 512, undefined, undefined])
  assert.ok(!made?.bytes.includes('canary'))
})

test('every type that is said to have previews has them, and a small picture is not made larger', async () => {
  for (const type of previewedTypes) {
    const format = type.slice('image/'.length)
    assert.ok(format === 'avif' || format === 'gif' || format === 'jpeg' || format === 'png' || format === 'webp')
    const made = await preview(await createImage(20, 10).toFormat(format).toBuffer())
    assert.deepEqual([made?.width, made?.height], [20, 10], type)
    assert.equal((await sharp(made?.bytes).metadata()).width, 20)
  }
})

test('a picture that claims to be enormous is refused before anything is decoded', async () => {
  const before = process.memoryUsage().rss
  assert.equal(await preview(createBomb(100_000, 100_000)), undefined)
  assert.ok(process.memoryUsage().rss - before < 50 * 1024 * 1024)
})

test('an image whose decoding would take too much memory has no preview', async () => {
  const [width, height] = [5_000, 4_000]
  assert.equal(await preview(await createImage(width, height).png({ progressive: true }).toBuffer()), undefined)
  assert.equal(await preview(await createImage(width, height).jpeg({ progressive: true }).toBuffer()), undefined)
  assert.ok(await preview(await createImage(width, height).jpeg().toBuffer()))
})

test('what is too large, broken, drawn by a program or no image at all has no preview', async () => {
  const photo = await createImage(800, 600).jpeg().toBuffer()
  assert.equal(await preview(photo.subarray(0, photo.length / 2)), undefined)
  assert.equal(await preview(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')), undefined)
  assert.equal(await preview(Buffer.from('not an image')), undefined)
  assert.equal(await preview(Buffer.alloc(0)), undefined)
  assert.equal(await preview(Buffer.alloc(21 * 1024 * 1024)), undefined)
})
