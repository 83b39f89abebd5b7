import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeScene } from './describe-scene.ts'
import { listScenes, type Source } from './list-scenes.ts'

const whole = { fromMs: 300, toMs: 5_000 }
const ada: Source = { ...whole, id: 'a', track: 'ada', kind: 'video', isScreen: false, shown: [whole] }
const mic: Source = { ...ada, id: 'm', track: 'mic', kind: 'audio' }
const later: Source = {
  ...ada,
  id: 'b',
  track: 'bob',
  fromMs: 3_250,
  toMs: 5_000,
  shown: [{ fromMs: 3_250, toMs: 5_000 }],
}

test('each file begins at its time of a scene, or is taken from there on where it began before', () => {
  const [, scene] = listScenes([ada, mic, later], 5_000)
  assert.ok(scene)
  const args = describeScene({ scene, pathOf: ({ id }) => id, threads: 2, path: 'out' })
  const inputs = args.join(' ').match(/(-ss [\d.]+ )?-itsoffset [\d.]+ -i \w/g)
  assert.deepEqual(inputs, [
    '-ss 2.700 -itsoffset 0.000 -i a',
    '-ss 2.700 -itsoffset 0.000 -i m',
    '-itsoffset 0.250 -i b',
  ])
  const graph = args[args.indexOf('-filter_complex') + 1] ?? ''
  assert.match(graph, /\[laid1\]\[tile2\]overlay=x=640\+/)
  assert.match(graph, /\[silence\]\[heard1\]amix=inputs=2/)
})
