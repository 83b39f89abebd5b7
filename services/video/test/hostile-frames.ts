import { randomUUID } from 'node:crypto'
import { limits, signalingRequests } from '@secureconnect/protocol'
import type { Random } from '@secureconnect/test/helpers'

/** By which the answers to such frames are known. */
export const hostileId = 'hostile'

/** What somebody hostile has got hold of: ids of his own and of others, by the field that they belong in. */
export type KnownIds = { call_id: string; transport_id: string[]; producer_id: string[]; consumer_ids: string[] }

const mimeTypes = [
  'audio/opus',
  'video/VP8',
  'video/VP9',
  'video/H264',
  'video/AV1',
  'video/rtx',
  'audio/PCMU',
  'audio/x',
]
const uris = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'x',
  '',
]
const junk = [null, true, -1, 1e308, 0.5, '', 'x'.repeat(300), '\u0000', '\ud800', [], {}, [[]], { __proto__: 1 }]

function some<T>({ upTo }: Random, most: number, make: () => T): T[] {
  return Array.from({ length: upTo(most + 1) }, make)
}

function codecOptions({ upTo, pick }: Random) {
  const names = [
    'apt',
    'packetization-mode',
    'profile-level-id',
    'profile-id',
    'useinbandfec',
    'constructor',
    'x'.repeat(64),
  ]
  return Object.fromEntries(
    some({ upTo, pick }, 4, () => [pick(names), pick(['', '42e01f', 0, -1, 2 ** 53, '\u0000', null])]),
  )
}

function codec(random: Random) {
  const { upTo, pick } = random
  return {
    mimeType: pick(mimeTypes),
    payloadType: upTo(128),
    preferredPayloadType: upTo(128),
    kind: pick(['audio', 'video'] as const),
    clockRate: pick([48_000, 90_000, 0, 1, 1_000_000]),
    ...(upTo(2) === 0 && { channels: 1 + upTo(8) }),
    parameters: codecOptions(random),
    rtcpFeedback: some(random, 3, () => ({
      type: pick(['nack', 'ccm', 'transport-cc', '']),
      parameter: pick(['', 'pli', 'fir', 'x']),
    })),
  }
}

function encoding({ upTo, pick }: Random) {
  return {
    ...(upTo(3) > 0 && { ssrc: pick([0, 1, 2, 0xffff_ffff, upTo(1e9)]) }),
    ...(upTo(3) === 0 && { rid: pick(['a', 'b', 'x'.repeat(16)]) }),
    ...(upTo(3) === 0 && { rtx: { ssrc: pick([0, 1, 5]) } }),
    ...(upTo(3) === 0 && { codecPayloadType: upTo(128) }),
    ...(upTo(2) === 0 && { scalabilityMode: pick(['L1T3', 'S3T3', 'L9T9', 'L3T3_KEY', 'x']) }),
  }
}

/** A description of media that every schema takes, and that makes little sense. */
function rtpParameters(random: Random) {
  const { upTo, pick } = random
  return {
    ...(upTo(2) === 0 && { mid: pick(['0', '', 'x'.repeat(32)]) }),
    codecs: [codec(random), ...some(random, pick([0, 1, 3, limits.rtp.codecs - 1]), () => codec(random))],
    headerExtensions: some(random, pick([0, 2, limits.rtp.headerExtensions]), () => ({
      uri: pick(uris),
      id: 1 + upTo(255),
      parameters: codecOptions(random),
    })),
    ...(upTo(4) > 0 && {
      encodings: [encoding(random), ...some(random, limits.rtp.encodings - 1, () => encoding(random))],
    }),
    rtcp: pick([{}, { cname: '' }, { cname: 'x'.repeat(256), reducedSize: false, mux: true }]),
  }
}

function fingerprints({ upTo, pick }: Random) {
  const bytes = { 'sha-1': 20, 'sha-256': 32, 'sha-512': 64 } as const
  const count = upTo(10) === 0 ? pick([0, 6]) : pick([1, 2, 5])
  return Array.from({ length: count }, () => {
    const algorithm = pick(['sha-1', 'sha-256', 'sha-512'] as const)
    const value = Array.from({ length: bytes[algorithm] }, () => upTo(256).toString(16).padStart(2, '0')).join(':')
    return { algorithm, value: upTo(40) === 0 ? '' : value }
  })
}

/** What somebody says that he can play. */
export function hostileCapabilities(random: Random) {
  return { codecs: some(random, 8, () => codec(random)), headerExtensions: [] }
}

function field(name: string, random: Random, known: KnownIds): unknown {
  const { upTo, pick } = random
  const id = (ids: readonly string[]) => pick([...ids, ...ids, randomUUID()])
  const values: Readonly<Record<string, () => unknown>> = {
    call_id: () => id([known.call_id]),
    transport_id: () => id(known.transport_id),
    producer_id: () => id(known.producer_id),
    consumer_ids: () => [...new Set([id(known.consumer_ids), ...some(random, 3, () => id(known.consumer_ids))])],
    direction: () => pick(['send', 'recv']),
    kind: () => pick(['audio', 'video']),
    source: () => pick(['mic', 'camera', 'screen', 'screen_audio']),
    dtls_parameters: () => ({ role: pick(['auto', 'client', 'server']), fingerprints: fingerprints(random) }),
    rtp_parameters: () => rtpParameters(random),
    rtp_capabilities: () => hostileCapabilities(random),
    data: () => 'x'.repeat(pick([1, limits.roomDataBytes])),
    last_seq: () => pick([0, 1, Number.MAX_SAFE_INTEGER]),
    spatial: () => upTo(8),
    width: () => pick([0, 1, upTo(2_000), limits.picturePixels]),
    height: () => pick([0, 1, upTo(2_000), limits.picturePixels]),
    temporal: () => upTo(8),
    priority: () => 1 + upTo(255),
    is_paused: () => pick([true, false]),
  }
  return values[name]?.() ?? pick(['x', 'x'.repeat(1_000)])
}

const requests = Object.entries(signalingRequests).filter(([type]) => type !== 'leave')
/** Those that describe media go as they are to mediasoup and its worker. */
const describing = requests.filter(([type]) => type === 'produce' || type === 'transport.connect')

/** A frame as no client of ours would send it; most get past the schema. */
export function hostileFrame(random: Random, known: KnownIds): Record<string, unknown> {
  const { upTo, pick } = random
  const [type, { frame }] = pick(upTo(2) === 0 ? describing : requests)
  const names = Object.keys(frame.properties).filter((name) => name !== 'type' && name !== 'id')
  const body = Object.fromEntries(names.map((name) => [name, field(name, random, known)]))
  if (upTo(60) === 0) body[pick([...names, 'extra', 'toString'])] = pick(junk)
  return { type, id: hostileId, ...body }
}
