import type {
  CallRole,
  KickFromCall,
  LockCall,
  MediaSource,
  MuteInCall,
  StopVideoInCall,
} from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { ModeratorAct } from '../events/call-events.ts'
import type { CallState } from './call-state.ts'
import { type Changing, changeCall } from './change-call.ts'
import { hold, kick, lock, raiseHand, setRole } from './moderation.ts'

export type Moderating = Changing & Pick<Context, 'rooms'>

/** A call, and who does something there. */
type Place = { callId: string; userId: string }
type Change = (state: CallState) => CallState
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

  kick(context: Moderating, place: Place, { user_id: subjectId, ban = false }: KickFromCall) {
    const change: Change = (state) => kick(state, { by: place.userId, userId: subjectId, ban })
    return moderate(context, place, { action: ban ? 'ban' : 'kick', subjectId, change })
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

/** Asks to be heard, or no longer. */
export function raiseHandInCall(context: Moderating, place: Place, isRaised: boolean): Promise<CallState> {
  return changeAndTell(context, place, (state) => raiseHand(state, { userId: place.userId, isRaised }))
}
