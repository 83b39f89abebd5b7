import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { MediaSource } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack'
import { Device } from 'mediasoup-client'
import {
  generateLocalDtlsParameters,
  generateNativeRtpCapabilities,
  generateRouterRtpCapabilities,
  generateTransportRemoteParameters,
} from 'mediasoup-client/fakeParameters'
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler'
import { Publisher } from './publisher.ts'
import type { Connectivity } from './transport.ts'

type Asked = { type: string } & Record<string, unknown>
type Answer = (asked: Asked) => Promise<unknown>

const microphone = () => new FakeMediaStreamTrack({ kind: 'audio' })
const camera = () => new FakeMediaStreamTrack({ kind: 'video' })

/** A publisher on what stands for a browser, with what it asks the room; the test may answer in its place. */
async function startPublisher(t: TestContext) {
  const handlerFactory = FakeHandler.createFactory({ generateNativeRtpCapabilities, generateLocalDtlsParameters })
  const device = new Device({ handlerFactory })
  await device.load({ routerRtpCapabilities: generateRouterRtpCapabilities() })
  const asked: Asked[] = []
  const ended: MediaSource[] = []
  const faults: unknown[] = []
  let made = 0
  const answer = async ({ type }: Asked) => {
    made += 1
    if (type === 'produce') return { producer_id: `producer-${made}` }
    if (type !== 'transport.create') return {}
    const { iceParameters, iceCandidates, dtlsParameters } = generateTransportRemoteParameters()
    return {
      transport_id: `transport-${made}`,
      ice_parameters: iceParameters,
      ice_candidates: iceCandidates,
      dtls_parameters: dtlsParameters,
    }
  }
  const room: { answer: Answer } = { answer }
  const ask = async (type: string, fields: object) => {
    const request = { type, ...fields }
    asked.push(request)
    return room.answer(request)
  }
  // It answers what the contract says, as far as the publisher looks.
  const connectivity = {
    device,
    ask: ask as Connectivity['ask'],
    iceServers: [],
    policy: 'all',
    getMostBitrate: () => 2_000_000,
  } as const
  const publisher = new Publisher(connectivity, {
    ended: (source) => ended.push(source),
    fault: (error) => faults.push(error),
  })
  t.after(() => publisher.close())
  const list = (type: string) => asked.filter((one) => one.type === type)
  /** Holds the answer to the next request of a kind back until it is let go. */
  const hold = (type: string) => {
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    room.answer = async (request) => {
      if (request.type !== type) return answer(request)
      room.answer = answer
      reached.resolve()
      await released.promise
      return answer(request)
    }
    return { reached: reached.promise, release: released.resolve }
  }
  return { publisher, connectivity, room, answer, list, hold, ended, faults }
}

test('another track takes the place of the one before, which is stopped; the server hears nothing of it', async (t) => {
  const { publisher, list } = await startPublisher(t)
  const [first, second] = [camera(), camera()]
  await publisher.publish('camera', first)
  await publisher.publish('camera', second)
  assert.deepEqual([first.readyState, second.readyState], ['ended', 'live'])
  assert.deepEqual(
    list('produce').map(({ source, kind, is_paused }) => [source, kind, is_paused]),
    [['camera', 'video', false]],
  )
})

test('who mutes himself before he is sent is muted as soon as he is', async (t) => {
  const { publisher, list, hold } = await startPublisher(t)
  const track = microphone()
  const { reached, release } = hold('produce')
  const publishing = publisher.publish('mic', track)
  await reached
  await publisher.setMuted('mic', true)
  release()
  await publishing
  assert.equal(list('producer.pause').length, 1)
  assert.equal(track.enabled, false)
})

test('what is unpublished before it is sent is taken back', async (t) => {
  const { publisher, list, hold } = await startPublisher(t)
  const track = microphone()
  const { reached, release } = hold('produce')
  const publishing = publisher.publish('mic', track)
  await reached
  await publisher.unpublish('mic')
  release()
  await publishing
  assert.equal(list('producer.close').length, 1)
  assert.equal(track.readyState, 'ended')
})

test('everything is sent again when the server lost it, and who was muted is muted still', async (t) => {
  const { publisher, connectivity, list } = await startPublisher(t)
  await Promise.all([publisher.publish('mic', microphone()), publisher.publish('camera', camera())])
  await publisher.setMuted('mic', true)
  const after = microphone()
  // Another microphone, chosen just then, must not be heard either.
  publisher.rebuild(connectivity)
  await publisher.publish('mic', after)
  await until('both are sent again', () => list('produce').length === 4)
  assert.equal(list('transport.create').length, 2, 'one transport each time')
  const again = list('produce').slice(2)
  assert.deepEqual(again.find(({ source }) => source === 'mic')?.is_paused, true)
  assert.equal(after.enabled, false)
})

test('what is lost while it is being sent goes over the next transport', async (t) => {
  const { publisher, connectivity, list, hold, faults } = await startPublisher(t)
  const { reached, release } = hold('produce')
  const publishing = publisher.publish('camera', camera())
  await reached
  publisher.rebuild(connectivity)
  release()
  await publishing
  const transports = list('produce').map(({ transport_id }) => transport_id)
  assert.equal(new Set(transports).size, 2)
  assert.deepEqual(faults, [])
})

test('what is refused is told, is not sent again later, and may be tried anew', async (t) => {
  const { publisher, connectivity, room, answer, list } = await startPublisher(t)
  for (const refused of ['transport.create', 'produce']) {
    room.answer = (request) => (request.type === refused ? Promise.reject(new Error('No.')) : answer(request))
    await assert.rejects(publisher.publish('mic', microphone()), /No\./)
  }
  room.answer = answer
  const before = list('produce').length
  publisher.rebuild(connectivity)
  await publisher.publish('mic', microphone())
  assert.equal(list('produce').length, before + 1)
})

test('with a screen goes what it sounds like', async (t) => {
  const { publisher, list } = await startPublisher(t)
  const [screen, sound] = [camera(), microphone()]
  await Promise.all([publisher.publish('screen', screen), publisher.publish('screen_audio', sound)])
  await publisher.unpublish('screen')
  assert.equal(list('producer.close').length, 2)
  assert.deepEqual([screen.readyState, sound.readyState], ['ended', 'ended'])
})

test('a device that is pulled out before it is sent is not sent', async (t) => {
  const { publisher, list, hold, ended } = await startPublisher(t)
  const track = microphone()
  const { reached, release } = hold('produce')
  const publishing = publisher.publish('mic', track)
  await reached
  track.remoteStop()
  release()
  await publishing
  assert.deepEqual(ended, ['mic'])
  assert.equal(list('producer.close').length, 1)
})

test('a device that is pulled out ends what it sent', async (t) => {
  const { publisher, list, ended } = await startPublisher(t)
  const track = microphone()
  await publisher.publish('mic', track)
  track.remoteStop()
  assert.deepEqual(ended, ['mic'])
  assert.equal(list('producer.close').length, 1)
  await publisher.publish('mic', microphone())
  assert.equal(list('produce').length, 2)
})
