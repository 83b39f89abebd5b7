import type { types } from 'mediasoup'

type Stream = { kind: types.MediaKind; rtpParameters: types.RtpParameters; port: number }

/** Ways of sending that can be put into a file as they come, and the kind of file that holds them. */
const formats: Readonly<Record<string, Omit<FileFormat, 'contentType'>>> = {
  'audio/opus': { format: 'webm', extension: 'webm' },
  'video/vp8': { format: 'webm', extension: 'webm' },
  'video/vp9': { format: 'webm', extension: 'webm', isUnmarked: true },
  'video/h264': { format: 'matroska', extension: 'mkv' },
}

export type FileFormat = {
  format: string
  extension: string
  contentType: string
  /** ffmpeg 5 does not tell which of its pictures need no other: it would wait for one for ever. */
  isUnmarked?: true
}

/** The kind of file for what is sent; undefined where no recorder understands it. */
export function findFormat({ kind, rtpParameters }: Omit<Stream, 'port'>): FileFormat | undefined {
  const known = formats[rtpParameters.codecs[0]?.mimeType.toLowerCase() ?? '']
  return known && { ...known, contentType: known.format === 'webm' ? `${kind}/webm` : 'video/x-matroska' }
}

/** Who publishes chooses these words: with an end of a line in them he would have a recorder listen, or send, elsewhere. */
const isHarmless = /^[A-Za-z0-9+/=,._-]{1,256}$/

function listParameters(parameters: types.RtpCodecParameters['parameters'] = {}): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    return isHarmless.test(name) && isHarmless.test(String(value ?? '')) ? `${name}=${value}` : []
  })
}

/** Describes to a recorder what comes to a port of this machine. */
export function describeStream({ kind, rtpParameters, port }: Stream): string {
  const codec = rtpParameters.codecs[0]
  if (!codec) throw new Error('A stream has a codec')
  const { payloadType, mimeType, clockRate, channels } = codec
  const encoding = [mimeType.split('/')[1], clockRate, ...(channels === undefined ? [] : [channels])].join('/')
  const parameters = listParameters(codec.parameters)
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=track',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=${kind} ${port} RTP/AVP ${payloadType}`,
    `a=rtcp:${port + 1}`,
    `a=rtpmap:${payloadType} ${encoding}`,
    ...(parameters.length > 0 ? [`a=fmtp:${payloadType} ${parameters.join(';')}`] : []),
  ]
  return `${lines.join('\r\n')}\r\n`
}
