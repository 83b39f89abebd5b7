import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

type Cleanup = { after(work: () => unknown): void }
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
}

const listSources = (picture: string, kbps: number) => ({
  audio: ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-ac', '2', '-c:a', 'libopus', '-b:a', '32k'],
  video: [
    ...['-f', 'lavfi', '-i', picture, '-c:v', 'libvpx', '-deadline', 'realtime'],
    ...['-cpu-used', '8', '-b:v', `${kbps}k`, '-g', '5', '-threads', '1'],
  ],
})

/** A tone as Opus or a test picture as VP8, in packets as a browser sends them, as long as the test lasts. */
export async function encodeMedia(t: Cleanup, encoding: Encoding, send: (packet: Buffer) => void): Promise<void> {
  const { program, kind, ssrc, payloadType, size = '160x120', color, perSecond = 10, kbps = 100 } = encoding
  const picture = `${color ? `color=c=${color}:` : 'testsrc='}size=${size}:rate=${perSecond}`
  const socket = createSocket('udp4')
  socket.on('message', send)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const target = `rtp://127.0.0.1:${socket.address().port}?rtcpport=9&pkt_size=1100`
  const stream = ['-ssrc', String(ssrc), '-payload_type', String(payloadType), '-f', 'rtp', target]
  const args = ['-loglevel', 'error', '-nostdin', '-re', ...listSources(picture, kbps)[kind], ...stream]
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' })
  t.after(() => {
    child.kill('SIGKILL')
    socket.close()
  })
  await once(socket, 'message')
}
