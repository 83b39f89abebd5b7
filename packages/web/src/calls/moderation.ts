import type { OngoingCall, RoomParticipant } from '@secureconnect/sdk/calls'
import { words } from '../words/index.ts'

type Role = RoomParticipant['role']
type Ask = OngoingCall['ask']
/** Something that one may do about somebody. */
export type Act = { id: string; label: string; carryOut: (ask: Ask) => Promise<unknown> }

const ranks: Readonly<Record<Role, number>> = { listener: 0, speaker: 1, cohost: 2, host: 3 }

export function isModerator(own: RoomParticipant | undefined): boolean {
  return ranks[own?.role ?? 'listener'] >= ranks.cohost
}

function holdingActs({ user_id, held_sources, hand_raised_at, sources }: RoomParticipant): Act[] {
  const { moderation: text } = words.calls
  const isHeld = (source: 'mic' | 'camera' | 'screen') => held_sources.includes(source)
  const isSent = (source: 'camera' | 'screen') => sources.some((one) => one.source === source)
  const stop = (source: 'camera' | 'screen', is_stopped: boolean) => (ask: Ask) =>
    ask('moderate.stop_video', { user_id, source, is_stopped })
  const videoActs = (['camera', 'screen'] as const).flatMap((source): Act[] => {
    if (isHeld(source)) return [{ id: `show-${source}`, label: text.show[source], carryOut: stop(source, false) }]
    return isSent(source) ? [{ id: `stop-${source}`, label: text.stop[source], carryOut: stop(source, true) }] : []
  })
  const is_muted = !isHeld('mic')
  return [
    {
      id: 'mute',
      label: is_muted ? text.mute : text.letSpeak,
      carryOut: (ask) => ask('moderate.mute', { user_id, is_muted }),
    },
    ...videoActs,
    ...(hand_raised_at
      ? [
          {
            id: 'lower',
            label: text.lowerHand,
            carryOut: (ask: Ask) => ask('hand.raise', { user_id, is_raised: false }),
          },
        ]
      : []),
  ]
}

function roleActs({ user_id, role }: RoomParticipant): Act[] {
  const { moderation: text } = words.calls
  return (['host', 'cohost', 'speaker', 'listener'] as const)
    .filter((one) => one !== role)
    .map((one) => ({
      id: one,
      label: text.become[one],
      carryOut: (ask) => ask('moderate.set_role', { user_id, role: one }),
    }))
}

function removalActs({ user_id }: RoomParticipant): Act[] {
  const { moderation: text } = words.calls
  return [
    { id: 'kick', label: text.kick, carryOut: (ask) => ask('moderate.kick', { user_id }) },
    { id: 'ban', label: text.ban, carryOut: (ask) => ask('moderate.kick', { user_id, ban: true }) },
  ]
}

/** What one may do about somebody else: as a moderator about those below, as a host about what the others are. */
export function listActs(own: RoomParticipant | undefined, other: RoomParticipant): Act[] {
  if (!own || !isModerator(own)) return []
  const isBelow = ranks[other.role] < ranks[own.role]
  return [
    ...(isBelow ? holdingActs(other) : []),
    ...(own.role === 'host' && isBelow ? roleActs(other) : []),
    ...(isBelow ? removalActs(other) : []),
  ]
}
