import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { applyCommit, describeGroup, joinFromOutside, makeCommit } from '../src/groups/index.ts'
import {
  acceptAll,
  conversationId,
  createCircle,
  hear,
  join,
  offer,
  type Peer,
  placeOf,
  say,
  startDevice,
  take,
} from './people.ts'

async function addSome(peers: Peer[], maker: Peer, { upTo }: Random) {
  const count = 1 + upTo(3)
  const offers = await Promise.all(Array.from({ length: count }, async () => offer(await startDevice())))
  const made = await makeCommit(maker.group, { add: offers.map(({ keyPackage }) => keyPackage) })
  await take(
    made,
    maker,
    peers.filter((one) => one !== maker),
  )
  peers.push(...(await Promise.all(offers.map((one) => join(made.welcome, one)))))
}

async function removeOne(peers: Peer[], maker: Peer, { pick }: Random) {
  const gone = pick(peers.filter((one) => one !== maker))
  const made = await makeCommit(maker.group, { remove: [gone.device] })
  peers.splice(peers.indexOf(gone), 1)
  await take(
    made,
    maker,
    peers.filter((one) => one !== maker),
  )
}

async function rekey(peers: Peer[], maker: Peer) {
  await take(
    await makeCommit(maker.group),
    maker,
    peers.filter((one) => one !== maker),
  )
}

/** Somebody comes in by himself: a new device, or one that lost what it had. */
async function comeIn(peers: Peer[], { group }: Peer, device: Peer['device']) {
  const groupInfo = await describeGroup(group)
  const made = await joinFromOutside({ groupInfo, device, conversationId, accepts: acceptAll })
  const others = peers.filter((one) => one.device !== device)
  for (const peer of others) peer.group = (await applyCommit(peer.group, made.commit)).group
  peers.splice(0, peers.length, ...others, { device, group: made.group })
}

/** With each device more every step costs one more of everything, and shows nothing else. */
const mostDevices = 16

for (const seed of Array.from({ length: scale(5, 1) }, (_, index) => index + 1)) {
  test(`whatever happens to a group, its devices agree and read each other (seed ${seed})`, async () => {
    const random = createRandom(seed)
    const peers = await createCircle(3)
    for (let step = 0; step < scale(60, 10); step += 1) {
      const maker = random.pick(peers)
      const kind = random.upTo(100)
      if (kind < 35 && peers.length < mostDevices) await addSome(peers, maker, random)
      else if (kind < 60 && peers.length > 2) await removeOne(peers, maker, random)
      else if (kind < 75) await rekey(peers, maker)
      else await comeIn(peers, maker, kind < 85 ? await startDevice() : random.pick(peers).device)
      assert.equal(new Set(peers.map(placeOf)).size, 1, `after step ${step}`)
      const speaker = random.pick(peers)
      const said = await say(speaker, `${step}`)
      for (const peer of peers) if (peer !== speaker) assert.equal(await hear(peer, said, speaker.device), `${step}`)
    }
  })
}
