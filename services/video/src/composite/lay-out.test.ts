import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Box, layOut, picture } from './lay-out.ts'

const boxesOf = (screens: readonly string[], cameras: readonly string[]) =>
  Object.fromEntries([...layOut({ screens, cameras })].map(([track, box]) => [track, Object.values(box)]))
const name = (_: unknown, index: number) => `camera ${index}`

test('cameras share the picture: one has it all, two are side by side, of three the last is in the middle', () => {
  assert.deepEqual(boxesOf([], ['ada']), { ada: [0, 0, 1280, 720] })
  assert.deepEqual(boxesOf([], ['ada', 'bob']), { ada: [0, 0, 640, 720], bob: [640, 0, 640, 720] })
  assert.deepEqual(boxesOf([], ['ada', 'bob', 'cleo']), {
    ada: [0, 0, 640, 360],
    bob: [640, 0, 640, 360],
    cleo: [320, 360, 640, 360],
  })
})

test('a screen is large, with the cameras at its side', () => {
  assert.deepEqual(boxesOf(['screen'], []), { screen: [0, 0, 1280, 720] })
  assert.deepEqual(boxesOf(['screen'], ['ada', 'bob']), {
    screen: [0, 0, 960, 720],
    ada: [960, 0, 320, 360],
    bob: [960, 360, 320, 360],
  })
})

test('however many there are, all are within the picture, of whole pairs of pixels, and nobody covers another', () => {
  const covers = (one: Box, other: Box) =>
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  for (let count = 1; count <= 25; count += 1) {
    for (const screens of [[], ['screen'], ['one', 'other']]) {
      const boxes = [...layOut({ screens, cameras: Array.from({ length: count }, name) }).values()]
      assert.equal(boxes.length, count + screens.length)
      for (const [index, box] of boxes.entries()) {
        assert.ok(box.x + box.width <= picture.width && box.y + box.height <= picture.height)
        assert.ok(Object.values(box).every((pixels) => pixels % 2 === 0) && box.width > 0 && box.height > 0)
        assert.ok(!boxes.slice(index + 1).some((other) => covers(box, other)))
      }
    }
  }
})
