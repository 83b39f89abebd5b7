import type { ParticipantRow } from '../stores/participants.ts'
import type { CallState, Step } from './call-state.ts'

const listHosts = ({ participants }: CallState) => participants.filter(({ role }) => role === 'host')

/** Who became host with a change of a call because the last one left; nobody where a host made him one. */
export function findHeir({ before, after }: Step): ParticipantRow | undefined {
  const idsBefore = new Set(listHosts(before).map(({ participant_id }) => participant_id))
  const hosts = listHosts(after)
  if (hosts.some(({ participant_id }) => idsBefore.has(participant_id))) return undefined
  return hosts.find(({ participant_id }) => before.participants.some((one) => one.participant_id === participant_id))
}
