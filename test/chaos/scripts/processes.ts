import assert from 'node:assert/strict'
import type { Act } from '../acts.ts'
import type { Part, Refusal, Scene } from '../script.ts'

const unavailable = { code: 'SERVICE_UNAVAILABLE', mayBeDone: true } as const
const ofChat: Partial<Record<Act, Refusal>> = { 'send a message': unavailable, 'read the newest': unavailable }

function killWorker({ system }: Scene): void {
  const { lines } = system.process('video-service')
  const dead = lines.flatMap(({ message, pid }) => (message === 'media worker died' ? [pid] : []))
  const living = lines.findLast(({ message, pid }) => message === 'media worker started' && !dead.includes(pid))
  assert.ok(living, 'a media worker runs')
  process.kill(Number(living.pid), 'SIGKILL')
}

export const mediaWorker: Part = {
  name: 'media-worker',
  promise: 'Its rooms go on on another worker: media.reset, and media flow again within 2 s; nothing else notices.',
  scripts: [
    {
      fault: 'the media worker of a call is killed',
      strike: async (scene) => killWorker(scene),
      heal: async () => undefined,
      silentMs: 5_000,
      afterwards: async ({ cast: { line } }) => {
        assert.ok(line.mediaResets > 0, 'both were told of it')
        return [`media made anew: ${line.mediaResets} times, the same participants as before`]
      },
    },
  ],
}

export const videoService: Part = {
  name: 'video-service',
  promise: 'A call waits 30 s for its people, who come back as the same participants, and to their media.',
  scripts: [
    {
      fault: 'video-service is killed, and started again after 8 s',
      strike: ({ system }) => system.kill('video-service'),
      heal: ({ system }) => system.run('video-service'),
      refused: { 'list calls': { code: 'SERVICE_UNAVAILABLE' } },
      silentMs: 30_000,
      backWithinMs: 15_000,
      afterwards: async ({ cast: { line } }) => [
        `sockets opened anew: ${line.lostSockets}, the same participants as before`,
      ],
    },
  ],
}

export const stopping: Part = {
  name: 'stopping',
  promise:
    'On SIGTERM what is under way is answered and sockets are sent away; the process ends with 0. Until it runs again its routes answer 503.',
  scripts: [
    {
      fault: 'chat-service is told to stop (SIGTERM), and started again',
      async strike({ system }) {
        assert.equal(await system.stop('chat-service'), 0, 'it ends with 0')
      },
      heal: ({ system }) => system.run('chat-service'),
      refused: ofChat,
      backWithinMs: 15_000,
    },
  ],
}
