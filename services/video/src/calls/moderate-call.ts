import type {
  AdmitToCall,
  CallRole,
  DenyCall,
  KickFromCall,
  LockCall,
  MediaSource,
  MuteInCall,
  RaiseHand,
  SetCallLobby,
  StopVideoInCall,
  UnbanFromCall,
} from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { mayNotModerate, notAMember } from '../errors.ts'
import type { ModeratorAct } from '../events/call-events.ts'
import { findCall } from '../stores/calls.ts'
import { findLastStay } from '../stores/participants.ts'
import type { CallState } from './call-state.ts'
import { type Change, type Changing, changeCall } from './change-call.ts'
import { admit, deny, setLobby } from './lobby.ts'
import { ban, hold, kick, lock, lowerHand, raiseHand, setRole, unban } from './moderation.ts'

export type Moderating = Changing & Pick<Context, 'rooms'>

/** A call, and who does something there. */
type Place = { callId: string; userId: string }
type Moderation = { action: ModeratorAct; subjectId?: string; detail?: string; change: Change }

/** Whose device calls his microphone the sound of his screen, or his camera his screen, is not heard and seen either. */
const soundSources: readonly MediaSource[] = ['mic', 'screen_audio']
const videoSources: Readonly<Record<'camera' | 'screen' | 'both', readonly MediaSource[]>> = {
  camera: ['camera'],
  screen: ['screen', 'screen_audio'],
  both: ['camera', 'screen', 'screen_audio'],
}

/** Changes a call; the room has it at once if it is here, else by the channel of the call. */
async function changeAndTell(context: Moderating, place: Place, change: Change): Promise<CallState> {
  const state = await changeCall(context, place, change)
  context.rooms.hear(state)
  return state
}

async function moderate(context: Moderating, place: Place, moderation: Moderation): Promise<CallState> {
  const { change, ...act } = moderation
  const state = await changeAndTell(context, place, change)
  context.events.callModerated({ ...place, ...act })
  return state
}

/** What moderators do, over REST and in frames alike. */
export const moderators = {
  mute(context: Moderating, place: Place, { user_id: subjectId, is_muted: isHeld = true }: MuteInCall) {
    const change: Change = (state) =>
      hold(state, { by: place.userId, userId: subjectId, sources: soundSources, isHeld })
    return moderate(context, place, { action: isHeld ? 'mute' : 'unmute', subjectId, change })
  },

  stopVideo(context: Moderating, place: Place, wish: StopVideoInCall) {
    const { user_id: subjectId, source = 'both', is_stopped: isHeld = true } = wish
    const holding = { by: place.userId, userId: subjectId, sources: videoSources[source], isHeld }
    const change: Change = (state) => hold(state, holding)
    return moderate(context, place, {
      action: isHeld ? 'stop_video' : 'allow_video',
      subjectId,
      detail: source,
      change,
    })
  },

  kick(context: Moderating, place: Place, { user_id: userId, ban: isForGood = false }: KickFromCall) {
    const moderation = { by: place.userId, userId }
    if (!isForGood) {
      return moderate(context, place, { action: 'kick', subjectId: userId, change: (state) => kick(state, moderation) })
    }
    const change: Change = async (state, tx) => {
      const subject = { callId: place.callId, userId }
      if (!(await findCall(tx, subject))) throw notAMember()
      return ban(state, { ...moderation, lastStay: await findLastStay(tx, subject) })
    }
    return moderate(context, place, { action: 'ban', subjectId: userId, change })
  },

  unban(context: Moderating, place: Place, { user_id: subjectId }: UnbanFromCall) {
    const change: Change = (state) => unban(state, { by: place.userId, userId: subjectId })
    return moderate(context, place, { action: 'unban', subjectId, change })
  },

  lobby(context: Moderating, place: Place, { has_lobby: hasLobby = true }: SetCallLobby) {
    const change: Change = (state) => setLobby(state, { by: place.userId, hasLobby })
    return moderate(context, place, { action: hasLobby ? 'open_lobby' : 'close_lobby', change })
  },

  admit(context: Moderating, place: Place, { user_id: subjectId }: AdmitToCall) {
    const change: Change = (state) => admit(state, { by: place.userId, userId: subjectId })
    return moderate(context, place, { action: 'admit', subjectId, change })
  },

  deny(context: Moderating, place: Place, { user_id: subjectId }: DenyCall) {
    const change: Change = (state) => deny(state, { by: place.userId, userId: subjectId })
    return moderate(context, place, { action: 'deny', subjectId, change })
  },

  lock(context: Moderating, place: Place, { is_locked: isLocked = true }: LockCall) {
    const change: Change = (state) => lock(state, { by: place.userId, isLocked })
    return moderate(context, place, { action: isLocked ? 'lock' : 'unlock', change })
  },

  setRole(context: Moderating, place: Place, { userId: subjectId, role }: { userId: string; role: CallRole }) {
    const change: Change = (state) => setRole(state, { by: place.userId, userId: subjectId, role })
    return moderate(context, place, { action: 'set_role', subjectId, detail: role, change })
  },
}

/** Asks to be heard, or no longer; moderators take down the hands of others. */
export function raiseHandInCall(context: Moderating, place: Place, wish: RaiseHand): Promise<CallState> {
  const { is_raised: isRaised = true, user_id: userId = place.userId } = wish
  if (userId === place.userId) return changeAndTell(context, place, (state) => raiseHand(state, { userId, isRaised }))
  if (isRaised) throw mayNotModerate()
  const change: Change = (state) => lowerHand(state, { by: place.userId, userId })
  return moderate(context, place, { action: 'lower_hand', subjectId: userId, change })
}
