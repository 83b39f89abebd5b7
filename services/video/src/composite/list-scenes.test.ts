import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listScenes, type Source } from './list-scenes.ts'
import type { Span } from './span.ts'

const camera = (id: string, fromMs: number, toMs: number, shown: readonly Span[] = [{ fromMs, toMs }]): Source => {
  return { id, track: id.split(' ')[0] ?? id, kind: 'video', isScreen: id.startsWith('screen'), fromMs, toMs, shown }
}
const mic = (id: string, fromMs: number, toMs: number): Source => ({ ...camera(id, fromMs, toMs), kind: 'audio' })

const describe = (sources: readonly Source[], durationMs: number) =>
  listScenes(sources, durationMs).map(({ fromMs, toMs, boxes, sources: within }) => [
    fromMs,
    toMs,
    [...boxes.keys()].join('+'),
    within.map(({ id }) => id).join('+'),
  ])

test('a scene lasts until somebody comes or goes, in whole seconds around the time that he was there', () => {
  const sources = [mic('mic', 300, 8_900), camera('ada', 1_400, 8_900), camera('bob', 4_000, 6_100)]
  assert.deepEqual(describe(sources, 9_200), [
    [0, 1_000, '', 'mic'],
    [1_000, 4_000, 'ada', 'mic+ada'],
    [4_000, 7_000, 'ada+bob', 'mic+ada+bob'],
    [7_000, 9_000, 'ada', 'mic+ada'],
    [9_000, 10_000, '', ''],
  ])
})

test('a camera that shows nothing has no place meanwhile, and keeps it from one file of it to the next', () => {
  const hidden = [
    { fromMs: 0, toMs: 3_000 },
    { fromMs: 9_000, toMs: 12_000 },
  ]
  const sources = [camera('ada', 0, 12_000, hidden), camera('bob 1', 0, 5_500), camera('bob 2', 6_900, 12_000)]
  assert.deepEqual(describe(sources, 12_000), [
    [0, 3_000, 'ada+bob', 'ada+bob 1'],
    [3_000, 9_000, 'bob', 'bob 1+bob 2'],
    [9_000, 12_000, 'ada+bob', 'ada+bob 2'],
  ])
})

test('screens come before cameras that were there first', () => {
  const [scene] = listScenes([camera('ada', 0, 1_000), camera('screen', 0, 1_000)], 1_000)
  assert.deepEqual([...(scene?.boxes.keys() ?? [])], ['screen', 'ada'])
})

test('where there are more files than one program is given who came last is not seen, and all are heard', () => {
  const cameras = Array.from({ length: 20 }, (_, index) => camera(`camera-${index}`, index, 64_000))
  const mics = Array.from({ length: 30 }, (_, index) => mic(`mic-${index}`, index, 64_000))
  const scenes = listScenes([...cameras, ...mics], 64_000)
  assert.ok(scenes.length <= 7, `${scenes.length} scenes: splitting a time in which all are there is of no use`)
  for (const { boxes, sources } of scenes) {
    assert.deepEqual(
      sources.map(({ track }) => track),
      [...cameras.slice(0, 10), ...mics].map(({ track }) => track),
    )
    assert.deepEqual(
      [...boxes.keys()],
      cameras.slice(0, 10).map(({ track }) => track),
    )
  }
})

test('a scene is neither too long nor made of more files than one program is given', () => {
  const lengths = listScenes([], 1_000_000).map(({ fromMs, toMs }) => toMs - fromMs)
  assert.deepEqual(lengths, [300_000, 300_000, 300_000, 100_000])
  const many = Array.from({ length: 100 }, (_, index) => mic(`mic ${index}`, index * 100, index * 100 + 100))
  const scenes = listScenes(many, 10_000)
  assert.ok(scenes.length > 1 && scenes.every(({ sources }) => sources.length <= 40))
  assert.deepEqual(new Set(scenes.flatMap(({ sources }) => sources.map(({ id }) => id))).size, 100)
  const crowd = Array.from({ length: 60 }, (_, index) => camera(`camera-${index}`, 0, 1_000))
  assert.equal(listScenes(crowd, 1_000)[0]?.boxes.size, 25)
  assert.deepEqual(describe([], 0), [[0, 1_000, '', '']], 'and there is always one')
})
