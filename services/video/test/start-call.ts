import { TestPeer } from './test-peer.ts'
import { act, createCircle, initiate, type Video } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** A call of so many people in which nobody is connected yet. */
export async function startCall(video: Video, count: number) {
  const { people, conversationId } = await createCircle(video, count)
  const [caller, ...others] = people
  if (!caller) throw new Error('Nobody calls')
  const { data } = await initiate(video, caller, { conversation_id: conversationId })
  await Promise.all(others.map((person) => act(video, 'accept', person, data.call_id)))
  return { people, callId: data.call_id }
}

/** A call of so many people who are in its room. */
export async function startConnectedCall(t: Cleanup, video: Video, count: number) {
  const { people, callId } = await startCall(video, count)
  const peers: TestPeer[] = []
  for (const person of people) peers.push(await TestPeer.join(t, video, person, { callId }))
  return { people, callId, peers }
}
