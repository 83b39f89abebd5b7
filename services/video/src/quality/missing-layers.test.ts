import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countMissing, countUnsent } from './missing-layers.ts'

type Consumer = Parameters<typeof countMissing>[0]

function simulcast(producerScores: number[], fields: Partial<Consumer> = {}): Consumer {
  const score = { score: 10, producerScore: 10, producerScores }
  return {
    type: 'simulcast',
    score,
    rtpParameters: {},
    currentLayers: undefined,
    ...fields,
  } as Consumer
}

test('who gets the layer that he asked for misses none, however small he wants it', () => {
  assert.equal(countMissing(simulcast([10, 10, 10], { currentLayers: { spatialLayer: 2 } }), 3), 0)
  assert.equal(countMissing(simulcast([10, 10, 10], { currentLayers: { spatialLayer: 0 } }), 1), 0)
})

test('who gets less than he wants misses the layers between, and all where nothing comes', () => {
  assert.equal(countMissing(simulcast([10, 10, 10], { currentLayers: { spatialLayer: 0 } }), 3), 2)
  assert.equal(countMissing(simulcast([10, 10, 10]), 3), 3)
})

test('layers that are not sent are missed by nobody who receives, but are by whom they should come from', () => {
  assert.equal(countMissing(simulcast([10, 10, 0], { currentLayers: { spatialLayer: 1 } }), 3), 0)
  const score = [10, 10, 0].map((of, encodingIdx) => ({ encodingIdx, ssrc: 1, score: of }))
  assert.equal(countUnsent({ type: 'simulcast', score }, 3), 1)
  assert.equal(countUnsent({ type: 'simulcast', score }, 2), 0, 'nobody looks at the third')
  assert.equal(countUnsent({ type: 'simulcast', score: score.slice(0, 2) }, 3), 0, 'the picture is too small for it')
})

test('layers of one stream are counted by how it is sent', () => {
  const rtpParameters = { encodings: [{ scalabilityMode: 'L3T3' }] }
  const svc = { type: 'svc', rtpParameters, currentLayers: { spatialLayer: 1 } } as Partial<Consumer>
  assert.equal(countMissing(simulcast([10], svc), 3), 1)
  assert.equal(countMissing(simulcast([10], { type: 'simple' }), 1), undefined)
})
