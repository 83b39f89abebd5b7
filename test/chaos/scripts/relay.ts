import assert from 'node:assert/strict'
import { iceServers } from '@secureconnect/protocol'
import { call } from '../../services/index.ts'
import type { Part, Scene } from '../script.ts'

const isRelayUp = async ({ system }: Scene) => (await system.metric('video-service', 'turn_up')) === 1

function find({ system }: Scene) {
  const { relay } = system.servers
  if (!relay) throw new Error('there is no relay here')
  return relay
}

async function assertNotGiven({ cast: { at, ada } }: Scene): Promise<string[]> {
  const { status, data } = await call(at, iceServers.list, { token: ada.token })
  assert.deepEqual([status, data.relay], [200, false])
  return ['clients are told relay:false']
}

export const relay: Part = {
  name: 'relay',
  promise:
    'Calls go on directly, and nobody is given a relay that does not answer; once it is back it is given out again.',
  needs: { hasRelay: true },
  scripts: [
    {
      fault: 'killed',
      strike: (scene) => find(scene).kill(),
      heal: (scene) => find(scene).restart(),
      signs: [{ name: 'turn_up 0', isSeen: async (scene) => !(await isRelayUp(scene)) }],
      meanwhile: assertNotGiven,
    },
  ],
}
