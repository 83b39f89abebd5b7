import { buildService, type Service } from '@secureconnect/service'
import { keepCalls } from './calls/keep-calls.ts'
import { keepComposites } from './composite/keep-composites.ts'
import type { Context } from './context.ts'
import { leaveRooms } from './nodes/leave-rooms.ts'
import { keepNodeTold } from './nodes/tell-node.ts'
import { keepRecordings } from './recording/keep-recordings.ts'
import { relayEffects } from './relay-effects.ts'
import { acceptCall } from './routes/accept-call.ts'
import { admitToCall } from './routes/admit-to-call.ts'
import { cancelCall } from './routes/cancel-call.ts'
import { composeCallRecording } from './routes/compose-call-recording.ts'
import { declineCall } from './routes/decline-call.ts'
import { deleteCallRecording } from './routes/delete-call-recording.ts'
import { denyCall } from './routes/deny-call.ts'
import { endCall } from './routes/end-call.ts'
import { getCall } from './routes/get-call.ts'
import { getCallRecording } from './routes/get-call-recording.ts'
import { getCallReport } from './routes/get-call-report.ts'
import { initiateCall } from './routes/initiate-call.ts'
import { joinCall } from './routes/join-call.ts'
import { kickFromCall } from './routes/kick-from-call.ts'
import { leaveCall } from './routes/leave-call.ts'
import { listCallParticipants } from './routes/list-call-participants.ts'
import { listCallRecordings } from './routes/list-call-recordings.ts'
import { listCalls } from './routes/list-calls.ts'
import { listIceServers } from './routes/list-ice-servers.ts'
import { lockCall } from './routes/lock-call.ts'
import { muteInCall } from './routes/mute-in-call.ts'
import { raiseHand } from './routes/raise-hand.ts'
import { setCallLobby } from './routes/set-call-lobby.ts'
import { setCallRole } from './routes/set-call-role.ts'
import { startCallRecording } from './routes/start-call-recording.ts'
import { stopCallRecording } from './routes/stop-call-recording.ts'
import { stopVideoInCall } from './routes/stop-video-in-call.ts'
import { unbanFromCall } from './routes/unban-from-call.ts'
import { tellIceServers } from './turn/tell-ice-servers.ts'
import { signalingSocket } from './ws/signaling-socket.ts'

const reading = [listCalls, getCall, listCallParticipants, getCallReport, listIceServers]
const acting = [initiateCall, acceptCall, declineCall, cancelCall, joinCall, leaveCall, endCall]
const moderating = [muteInCall, stopVideoInCall, kickFromCall, unbanFromCall, lockCall, setCallRole, raiseHand]
const letting = [setCallLobby, admitToCall, denyCall]
const recording = [startCallRecording, stopCallRecording]
const recorded = [listCallRecordings, getCallRecording, composeCallRecording, deleteCallRecording]

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {
    routes: [...reading, ...acting, ...moderating, ...letting, ...recording, ...recorded],
    sockets: [signalingSocket],
    background: [keepCalls, keepRecordings, keepComposites, keepNodeTold, relayEffects, tellIceServers],
    drain: leaveRooms,
    extend: (app, { blobs }) => blobs.mount?.(app),
  })
}
