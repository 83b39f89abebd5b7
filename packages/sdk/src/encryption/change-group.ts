import {
  beginGroup,
  type Device,
  epochOf,
  type Group,
  isMember,
  isSameMember,
  listMembers,
  type Member,
  makeCommit,
} from '@secureconnect/e2ee/groups'
import { createClientId } from '../chat/send-queue.ts'
import { delay, fullJitter } from '../delay.ts'
import { ApiError } from '../errors.ts'
import type { Claims } from './claimed-packages.ts'
import type { Follower } from './follow-commits.ts'
import type { GroupStore } from './group-store.ts'
import { joinPresent } from './join-present.ts'
import type { Needed } from './needs.ts'
import type { EncryptionEvents } from './news.ts'
import { keepPending } from './pending-commits.ts'
import { type Roster, type Rosters, toMember } from './rosters.ts'
import type { Welcomes } from './welcomes.ts'

/** Who is to come and who to go; everybody else comes and goes as the service says. */
export type PeopleChange = { add?: readonly string[]; remove?: readonly string[] }

type Changing = Needed & {
  device: Device
  store: GroupStore
  rosters: Rosters
  claims: Claims
  follower: Follower
  welcomes: Welcomes
  changed: (change: EncryptionEvents['changed']) => void
}

const attempts = 12
const pauses = { firstMs: 50, mostMs: 2_000 }
const mostWaitMs = 15_000

const isOvertaken = (error: unknown) => error instanceof ApiError && error.code === 'EPOCH_CONFLICT'

/** How long to wait before another attempt at what somebody else was faster with, or what came too often. */
function findPause(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ApiError) || attempt >= attempts) return undefined
  if (isOvertaken(error)) return fullJitter(attempt, pauses)
  const { code, retryAfterMs = mostWaitMs } = error
  return code === 'RATE_LIMITED' && retryAfterMs <= mostWaitMs ? retryAfterMs : undefined
}

/** The devices of people who are to come, whom no roster knows yet. */
async function listNewcomers({ rest }: Needed['client'], userIds: readonly string[] = []): Promise<Member[]> {
  const found = await Promise.all(userIds.map((user_id) => rest.keys.list({ user_id })))
  return found.flatMap(({ devices }) => devices.map(toMember))
}

/** What is left to do: who lacks in the group, who is in it and should not be. */
async function plan({ client }: Pick<Changing, 'client'>, { group, roster, people }: Step) {
  const { add = [], remove = [] } = people
  const stays = ({ userId }: Member) => !remove.includes(userId)
  const wanted = [...roster.devices.filter(stays), ...(await listNewcomers(client, add))]
  const present = listMembers(group)
  return {
    joining: wanted.filter((one) => !present.some((other) => isSameMember(one, other))),
    leaving: present.filter((one) => !wanted.some((other) => isSameMember(one, other))),
  }
}

type Step = { conversationId: string; group: Group; roster: Roster; people: PeopleChange; isDue: boolean }

/** Commits of one's own: one wins for each epoch, and whoever loses looks anew at what is left to do. */
export function createChanging(needed: Changing) {
  const { client, vault, device, store, rosters, claims, follower, changed } = needed

  async function commitStep({ conversationId, group, roster, people, isDue }: Step): Promise<Group> {
    const { joining, leaving } = await plan(needed, { conversationId, group, roster, people, isDue })
    const isNeeded =
      isDue || roster.isRekeyRequired || leaving.length > 0 || people.add?.length || people.remove?.length
    const packages = await claims.obtain(joining)
    if (!isNeeded && packages.size === 0) return group
    const made = await makeCommit(group, { add: [...packages.values()], remove: leaving })
    const to = [...packages.keys()].map(({ userId, deviceId }) => ({ user_id: userId, device_id: deviceId }))
    const removed = [...new Set([...roster.departedIds, ...(people.remove ?? [])])]
    await keepPending(vault, conversationId, made)
    const commit = {
      conversation_id: conversationId,
      client_id: createClientId(),
      group_epoch: epochOf(group),
      commit: made.commit,
      group_info: made.groupInfo,
      ...(made.welcome && { welcomes: [{ ciphertext: made.welcome, to }] }),
      ...(people.add?.length && { add_user_ids: [...people.add] }),
      ...(removed.length > 0 && { remove_user_ids: removed }),
    }
    await client.rest.commits.create(commit).catch((error: unknown) => {
      // Who got no answer, or an unclear one, may have used them.
      if (!isOvertaken(error)) claims.spend(packages.keys())
      throw error
    })
    claims.spend(packages.keys())
    await store.keep(conversationId, made.group)
    changed({ conversationId, epoch: epochOf(made.group), added: [...packages.keys()], removed: leaving })
    return made.group
  }

  async function step(conversationId: string, people: PeopleChange, isDue: boolean): Promise<Group> {
    const roster = await rosters.load(conversationId)
    const before = await follower.find(conversationId)
    const present = before && isMember(before) ? before : undefined
    if (!present && roster.epoch > 0) return joinPresent(needed, conversationId, roster)
    const begun = present ?? (await beginGroup(device, conversationId, rosters.acceptsOf(conversationId)))
    const group = await follower.catchUp(conversationId, begun, roster.epoch)
    return commitStep({ conversationId, group, roster, people, isDue: isDue || epochOf(group) === 0 })
  }

  return {
    /**
     * Brings a group to where it should be: begun or joined, with the devices of its people and no others, with new keys
     * where they are due. Answers the group in which may be sent.
     */
    async settle(conversationId: string, people: PeopleChange = {}, isDue = false): Promise<Group> {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await step(conversationId, people, isDue)
        } catch (error) {
          const pauseMs = findPause(error, attempt)
          if (pauseMs === undefined) throw error
          await delay(pauseMs)
        }
      }
    },
  }
}

export type Changer = ReturnType<typeof createChanging>
