import type { AppError } from '@secureconnect/errors'
import type { CallState } from '../calls/call-state.ts'
import { findHeir } from '../calls/find-heir.ts'
import type { Observers } from './observers.ts'

/** What somebody did with a call. */
export type CallAct = 'initiate' | 'accept' | 'decline' | 'cancel' | 'wait' | 'join' | 'leave' | 'end'

/** What a moderator did in one. */
export type ModeratorAct =
  | 'mute'
  | 'unmute'
  | 'stop_video'
  | 'allow_video'
  | 'kick'
  | 'ban'
  | 'lock'
  | 'unlock'
  | 'unban'
  | 'open_lobby'
  | 'close_lobby'
  | 'admit'
  | 'deny'
  | 'lower_hand'
  | 'set_role'
  | 'start_recording'
  | 'stop_recording'

type Moderated = { action: ModeratorAct; callId: string; userId: string; subjectId?: string; detail?: string }

/** What happens to calls. */
export function createCallEvents({ log, metrics, audit }: Observers) {
  return {
    callActed({ action, callId, userId }: { action: CallAct; callId: string; userId: string }) {
      log.info({ call_id: callId, user_id: userId, outcome: 'succeeded' }, `call: ${action}`)
      audit.record({ resource: 'call', action, result: 'allowed', userId, targetId: callId })
    },

    /** Over signalling; what REST refuses is written down where it is answered. */
    joinRefused({ userId, sessionId, error }: { userId: string; sessionId: string; error: AppError }) {
      audit.record({ resource: 'call', action: 'join', result: 'denied', reason: error.code, userId, sessionId })
    },

    /** The record is about whom it was done to, and says in which call. */
    callModerated({ action, callId, userId, subjectId, detail }: Moderated) {
      const reason = [`call ${callId}`, ...(detail === undefined ? [] : [detail])].join(', ')
      log.info(
        { call_id: callId, user_id: userId, subject_id: subjectId, detail, outcome: 'succeeded' },
        `call: ${action}`,
      )
      const targetId = subjectId === undefined || subjectId === 'all' ? callId : subjectId
      audit.record({ resource: 'call', action, result: 'allowed', userId, targetId, reason })
    },

    /** Those that post none leave them to those that do; where these post differs. */
    webhookSettingsDiffer() {
      log.error('not all processes have the same webhook_url and webhook_secret: give them to all, or to none')
    },

    /** Of those that have their rooms here: each is counted where it is, so that all processes may be added up. */
    callsCounted(active: number) {
      metrics.callsActive.set(active)
    },

    /** Whoever or whatever caused it. */
    callChanged({ before, after }: { before: CallState; after: CallState }) {
      const { call_id, call_type: type, status, end_reason, answered_at, ended_at } = after.call
      if (before.call.recovering_since !== null && after.call.recovering_since === null)
        metrics.callRecoverySuccess.inc()
      const heir = findHeir({ before, after })
      if (heir) {
        log.info({ call_id, user_id: heir.user_id }, 'call: become_host')
        const target = { userId: heir.user_id, targetId: call_id, reason: 'the last host left' }
        audit.record({ resource: 'call', action: 'become_host', result: 'allowed', ...target })
      }
      const isNew = before.call.version === 1
      if (isNew) metrics.calls.inc({ type, status: 'ringing' })
      if (status === before.call.status) return
      metrics.calls.inc({ type, status })
      if (!ended_at) return
      if (answered_at) metrics.callsDuration.observe({ type }, (ended_at.getTime() - answered_at.getTime()) / 1_000)
      if (end_reason === 'server_restart') {
        metrics.callRecoveryFailed.inc({ reason: end_reason })
        metrics.callsFailed.inc({ type, reason: end_reason })
      }
      log.info({ call_id, status, reason: end_reason }, 'a call is over')
    },
  }
}
