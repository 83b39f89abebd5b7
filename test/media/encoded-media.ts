import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

type Cleanup = { after(work: () => unknown): void }
export type PictureCodec = 'vp8' | 'vp9' | 'h264'
type Encoding = {
  program: string
  kind: 'audio' | 'video'
  ssrc: number
  payloadType: number
  /** Of a picture: its width and height. */
  size?: string
  /** Of a picture that shows nothing else. */
  color?: string | undefined
  /** Of a picture: how many of them a second, and in how many kbit. */
  perSecond?: number
  kbps?: number
  codec?: PictureCodec | undefined
}

const encoders: Readonly<Record<PictureCodec, readonly string[]>> = {
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
  vp9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-strict', 'experimental'],
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
}

const sound = [
  '-f',
  'lavfi',
  '-i',
  'sine=frequency=440:sample_rate=48000',
  '-ac',
  '2',
  '-c:a',
  'libopus',
  '-b:a',
  '32k',
]

/** What ffmpeg is told to make and to encode. */
function listSources({ kind, size = '160x120', color, perSecond = 10, kbps = 100, codec = 'vp8' }: Encoding): string[] {
  if (kind === 'audio') return sound
  const picture = `${color ? `color=c=${color}:` : 'testsrc='}size=${size}:rate=${perSecond}`
  return [
    ...['-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', ...encoders[codec]],
    ...['-b:v', `${kbps}k`, '-g', '5', '-threads', '1'],
  ]
}

/** A tone as Opus, or a test picture as VP8 unless it is said otherwise, in packets as a browser sends them until the test ends. */
export async function encodeMedia(t: Cleanup, encoding: Encoding, send: (packet: Buffer) => void): Promise<void> {
  const { program, ssrc, payloadType } = encoding
  const socket = createSocket('udp4')
  socket.on('message', send)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const target = `rtp://127.0.0.1:${socket.address().port}?rtcpport=9&pkt_size=1100`
  const stream = ['-ssrc', String(ssrc), '-payload_type', String(payloadType), '-f', 'rtp', target]
  const args = ['-loglevel', 'error', '-nostdin', '-re', ...listSources(encoding), ...stream]
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' })
  t.after(() => {
    child.kill('SIGKILL')
    socket.close()
  })
  await once(socket, 'message')
}
