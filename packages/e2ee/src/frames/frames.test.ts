import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  clearBytes,
  createSenderKey,
  FrameOpener,
  FrameSealer,
  importSenderKey,
  readSenderKey,
  writeSenderKey,
} from './index.ts'

const newFrame = (size = 1_000) => new Uint8Array(randomBytes(size))
const camera = { source: 'camera', kind: 'delta' } as const
const newKey = (generation: number) => importSenderKey(createSenderKey(generation))

/** Somebody who sends with his first key, and somebody who has it. */
async function connect() {
  const [sealer, opener] = [new FrameSealer(), new FrameOpener()]
  const key = await newKey(1)
  sealer.use(1, key)
  opener.add(1, key)
  const seal = async (frame = newFrame(), what: Parameters<FrameSealer['seal']>[1] = camera) =>
    (await sealer.seal(frame, what)) ?? assert.fail()
  return { sealer, opener, seal }
}

test('frames come out as they went in; all of them but the header that packets are made by is hidden', async () => {
  const { opener, seal } = await connect()
  for (const kind of ['key', 'delta', 'audio'] as const) {
    for (const size of [0, 2, 3, 10, 11, 5_000]) {
      const frame = newFrame(size)
      const sealed = await seal(frame, { source: 'camera', kind })
      const clear = Math.min(size, clearBytes[kind])
      assert.deepEqual(sealed.subarray(0, clear), frame.subarray(0, clear))
      const hidden = Buffer.from(frame.subarray(clear))
      if (hidden.length > 8) assert.equal(Buffer.from(sealed).indexOf(hidden.subarray(0, 8)), -1)
      assert.deepEqual(await opener.open(sealed, 'camera'), frame)
    }
  }
})

test('a frame that was changed anywhere, cut, or shown as another source is dropped and counted, and the next is shown', async () => {
  const { opener, seal } = await connect()
  const sealed = await seal(newFrame(40))
  for (const at of sealed.keys()) {
    const changed = sealed.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.equal(await opener.open(changed, 'camera'), undefined, `byte ${at}`)
  }
  for (const size of [0, 5, 26, sealed.length - 1]) {
    assert.equal(await opener.open(sealed.slice(0, size), 'camera'), undefined)
  }
  assert.equal(await opener.open(sealed, 'screen'), undefined)
  const { unknownKey, tampered, replayed } = opener.dropped
  assert.deepEqual([unknownKey + tampered, replayed], [sealed.length + 5, 0])
  assert.ok(await opener.open(sealed, 'camera'))
})

test('a frame that comes again is dropped; those that come a little late are not', async () => {
  const { opener, seal } = await connect()
  const frames = [await seal(), await seal(), await seal()]
  for (const place of [2, 0, 1]) assert.ok(await opener.open(frames[place] ?? assert.fail(), 'camera'))
  for (const frame of frames) assert.equal(await opener.open(frame, 'camera'), undefined)
  assert.equal(opener.dropped.replayed, 3)
  // Also where so many came since that nobody knows any more.
  for (let sent = 0; sent < 2_100; sent += 1) await opener.open(await seal(newFrame(1)), 'camera')
  for (const frame of frames) assert.equal(await opener.open(frame, 'camera'), undefined)
})

test('no number serves twice, whatever sources there are and however many frames are sealed at once', async () => {
  const { seal } = await connect()
  const frame = newFrame(20)
  const sealing = Array.from({ length: 300 }, (_, sent) =>
    seal(frame, { source: sent % 2 === 0 ? 'camera' : 'mic', kind: 'audio' }),
  )
  const trailers = (await Promise.all(sealing)).map((sealed) => Buffer.from(sealed.subarray(-11)).toString('hex'))
  assert.equal(new Set(trailers).size, 300)
})

test('nothing goes out without a key, and a key that was left is not taken up again', async () => {
  const sealer = new FrameSealer()
  assert.equal(await sealer.seal(newFrame(), camera), undefined)
  const key = await newKey(2)
  sealer.use(2, key)
  assert.throws(() => sealer.use(2, key))
  assert.throws(() => sealer.use(1, key))
})

test('who was not given the next key opens nothing from then on, and who was opens also what was on its way', async () => {
  const { sealer, opener: gone, seal } = await connect()
  const next = createSenderKey(2)
  const [before, stays] = [await seal(), new FrameOpener()]
  sealer.use(2, await importSenderKey(next))
  const after = await seal()
  stays.add(2, await importSenderKey(readSenderKey(writeSenderKey(next))))
  assert.ok(await stays.open(after, 'camera'))
  assert.equal(await gone.open(after, 'camera'), undefined)
  assert.equal(gone.dropped.unknownKey, 1)
  assert.ok(await gone.open(before, 'camera'))
  for (const generation of [2, 3, 4]) gone.add(generation, await newKey(generation))
  assert.equal(await gone.open(before, 'camera'), undefined, 'the first key is forgotten')
})
