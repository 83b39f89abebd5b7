import { type Static, Type } from 'typebox'
import { Nullable } from '../fields.ts'
import { limits } from '../limits.ts'

// The objects of mediasoup and WebRTC keep their own names. They come from strangers and go to a process in C++, so
// everything in them has its bounds; what browsers add beyond the fields named here is let through and not read.

const { codecs, headerExtensions, encodings, feedback, textCharacters } = limits.rtp
const Text = Type.String({ maxLength: textCharacters })
const Whole = (maximum: number) => Type.Integer({ minimum: 0, maximum })
const Ssrc = Whole(0xffff_ffff)
const PayloadType = Whole(127)

export const MediaKind = Type.Union([Type.Literal('audio'), Type.Literal('video')])
export type MediaKind = Static<typeof MediaKind>

const Feedback = Type.Object({ type: Text, parameter: Type.Optional(Text) })
const CodecOptions = Type.Record(
  Type.String({ pattern: '^(?!__).{1,64}$' }),
  Nullable(Type.Union([Text, Type.Number()])),
  { additionalProperties: false, maxProperties: limits.rtp.codecOptions },
)
const codec = {
  mimeType: Type.String({ pattern: '^(audio|video)/[A-Za-z0-9._-]{1,32}$' }),
  clockRate: Whole(1_000_000),
  channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
  parameters: Type.Optional(CodecOptions),
  rtcpFeedback: Type.Optional(Type.Array(Feedback, { maxItems: feedback })),
}

/** What a device can receive. */
export const RtpCapabilities = Type.Object({
  codecs: Type.Array(Type.Object({ ...codec, kind: MediaKind, preferredPayloadType: Type.Optional(PayloadType) }), {
    maxItems: codecs,
  }),
  headerExtensions: Type.Array(
    Type.Object({
      kind: MediaKind,
      uri: Text,
      preferredId: Type.Integer({ minimum: 1, maximum: 255 }),
      preferredEncrypt: Type.Optional(Type.Boolean()),
      direction: Type.Optional(
        Type.Union([
          Type.Literal('sendrecv'),
          Type.Literal('sendonly'),
          Type.Literal('recvonly'),
          Type.Literal('inactive'),
        ]),
      ),
    }),
    { maxItems: headerExtensions },
  ),
})
export type RtpCapabilities = Static<typeof RtpCapabilities>

/** How one stream of media is sent. */
export const RtpParameters = Type.Object({
  mid: Type.Optional(Type.String({ maxLength: 32 })),
  codecs: Type.Array(Type.Object({ ...codec, payloadType: PayloadType }), { minItems: 1, maxItems: codecs }),
  headerExtensions: Type.Optional(
    Type.Array(
      Type.Object({
        uri: Text,
        id: Type.Integer({ minimum: 1, maximum: 255 }),
        encrypt: Type.Optional(Type.Boolean()),
        parameters: Type.Optional(CodecOptions),
      }),
      { maxItems: headerExtensions },
    ),
  ),
  encodings: Type.Optional(
    Type.Array(
      Type.Object({
        ssrc: Type.Optional(Ssrc),
        rid: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,16}$' })),
        codecPayloadType: Type.Optional(PayloadType),
        rtx: Type.Optional(Type.Object({ ssrc: Ssrc })),
        dtx: Type.Optional(Type.Boolean()),
        scalabilityMode: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_]{1,16}$' })),
        maxBitrate: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
      }),
      { minItems: 1, maxItems: encodings },
    ),
  ),
  rtcp: Type.Optional(
    Type.Object({
      cname: Type.Optional(Text),
      reducedSize: Type.Optional(Type.Boolean()),
      mux: Type.Optional(Type.Boolean()),
    }),
  ),
  msid: Type.Optional(Text),
})
export type RtpParameters = Static<typeof RtpParameters>

function Fingerprint<A extends string>(algorithm: A, bytes: number) {
  const value = Type.String({ pattern: `^([0-9A-Fa-f]{2}:){${bytes - 1}}[0-9A-Fa-f]{2}$` })
  return Type.Object({ algorithm: Type.Literal(algorithm), value })
}

/** The keys by which the client's end of a transport is known. */
export const DtlsParameters = Type.Object({
  role: Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('client'), Type.Literal('server')])),
  // Without a fingerprint anybody would do; a worker has died of an empty list.
  fingerprints: Type.Array(
    Type.Union([
      Fingerprint('sha-1', 20),
      Fingerprint('sha-224', 28),
      Fingerprint('sha-256', 32),
      Fingerprint('sha-384', 48),
      Fingerprint('sha-512', 64),
    ]),
    { minItems: 1, maxItems: 5 },
  ),
})
export type DtlsParameters = Static<typeof DtlsParameters>

export const IceParameters = Type.Object({
  usernameFragment: Type.String(),
  password: Type.String(),
  iceLite: Type.Optional(Type.Boolean()),
})
export const IceCandidate = Type.Object({
  foundation: Type.String(),
  priority: Type.Integer(),
  address: Type.String(),
  ip: Type.String(),
  protocol: Type.Union([Type.Literal('udp'), Type.Literal('tcp')]),
  port: Type.Integer(),
  type: Type.String(),
  tcpType: Type.Optional(Type.Literal('passive')),
})
