import type { OngoingCall } from '@secureconnect/sdk/calls'
import { button, find, say } from './elements.ts'
import type { Circle } from './enter.ts'
import { describeError } from './words.ts'

type Person = OngoingCall['participants'][number]
type Choice = { id: string; label: string; act: () => Promise<unknown> }
/** A call of several, and whom this page banned from it. */
type View = { call: OngoingCall; circle: Circle; banned: Set<string>; isOver: boolean }

const ranks: Readonly<Record<Person['role'], number>> = { listener: 0, speaker: 1, cohost: 2, host: 3 }
const changes = [
  'participant.joined',
  'participant.updated',
  'participant.left',
  'lobby.waiting',
  'call.state',
  'state',
] as const

const rankOf = ({ own }: OngoingCall) => ranks[own?.role ?? 'listener']

/** Does something, and shows what came of it unless the call ended meanwhile. */
async function carryOut(view: View, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
    showAll(view)
  } catch (error) {
    if (!view.isOver) say(describeError(error))
  }
}

/** What one may do about somebody who is there. */
function listChoices({ call, banned }: View, { user_id, role, held_sources, hand_raised_at }: Person): Choice[] {
  const { ask } = call
  if (rankOf(call) < ranks.cohost || ranks[role] >= rankOf(call)) return []
  const is_muted = !held_sources.includes('mic')
  const ban = async () => {
    await ask('moderate.kick', { user_id, ban: true })
    banned.add(user_id)
  }
  const become = (to: Person['role'], label: string): Choice => {
    return { id: to, label, act: () => ask('moderate.set_role', { user_id, role: to }) }
  }
  const roles = [become('cohost', 'Co-host'), become('speaker', 'Speaker'), become('listener', 'Listener')]
  const lower = () => ask('hand.raise', { user_id, is_raised: false })
  return [
    { id: 'mute', label: is_muted ? 'Mute' : 'Let speak', act: () => ask('moderate.mute', { user_id, is_muted }) },
    { id: 'stop', label: 'Stop video', act: () => ask('moderate.stop_video', { user_id }) },
    ...(hand_raised_at ? [{ id: 'lower', label: 'Take the hand down', act: lower }] : []),
    { id: 'kick', label: 'Take out', act: () => ask('moderate.kick', { user_id }) },
    { id: 'ban', label: 'Ban', act: ban },
    ...(call.own?.role === 'host' ? roles.filter(({ id }) => id !== role) : []),
  ]
}

/** What one may do about somebody who waits. */
function listVerdicts({ call: { ask } }: View, user_id: string): Choice[] {
  return [
    { id: 'admit', label: 'Let in', act: () => ask('moderate.admit', { user_id }) },
    { id: 'deny', label: 'Turn away', act: () => ask('moderate.deny', { user_id }) },
  ]
}

function unban({ call, banned }: View, user_id: string): Choice {
  const act = async () => {
    await call.ask('moderate.unban', { user_id })
    banned.delete(user_id)
  }
  return { id: 'unban', label: 'Let come again', act }
}

function describe({ role, held_sources, hand_raised_at }: Person): string {
  const notes = [role, held_sources.includes('mic') && 'muted', hand_raised_at && 'hand raised']
  return notes.filter(Boolean).join(', ')
}

function showPeople(view: View): void {
  const { call, circle, banned } = view
  const line = (userId: string, text: string, choices: readonly Choice[]) => {
    const name = circle.nameOf(userId)
    const item = document.createElement('li')
    const buttons = choices.map(({ id, label, act }) => {
      const made = document.createElement('button')
      Object.assign(made, { id: `${id}-${name}`, type: 'button', textContent: label })
      made.onclick = () => void carryOut(view, act)
      return made
    })
    item.append(`${name}: ${text} `, ...buttons)
    return item
  }
  find('#people-there', HTMLElement).replaceChildren(
    ...call.participants.map((person) => line(person.user_id, describe(person), listChoices(view, person))),
    ...call.waiting.map(({ user_id }) => line(user_id, 'waits to be let in', listVerdicts(view, user_id))),
    ...[...banned].map((userId) => line(userId, 'is banned', [unban(view, userId)])),
  )
}

/** Shows what one may do about the call itself. */
function showButtons({ own, details, waiting }: OngoingCall, mayModerate: boolean): void {
  button('hand').hidden = false
  button('hand').textContent = own?.hand_raised_at ? 'Take your hand down' : 'Raise your hand'
  for (const id of ['lock', 'lobby']) button(id).hidden = !mayModerate
  button('lock').textContent = details?.is_locked ? 'Unlock' : 'Lock'
  button('lobby').textContent = details?.has_lobby ? 'Lobby off' : 'Lobby on'
  button('admit-all').hidden = waiting.length === 0
  button('end').hidden = own?.role !== 'host'
}

function showAll(view: View): void {
  if (view.isOver) return
  showButtons(view.call, rankOf(view.call) >= ranks.cohost)
  showPeople(view)
}

/** Follows who is in a call of several and who waits, with what one may do about each: to others nothing is offered. */
export function followPeople(call: OngoingCall, circle: Circle): void {
  if (!circle.isGroup) return
  const view: View = { call, circle, banned: new Set(), isOver: false }
  const connect = (id: string, act: () => Promise<unknown>) => {
    button(id).onclick = () => void carryOut(view, act)
  }
  connect('hand', () => call.ask('hand.raise', { is_raised: !call.own?.hand_raised_at }))
  connect('lock', () => call.ask('moderate.lock', { is_locked: !call.details?.is_locked }))
  connect('lobby', () => call.ask('moderate.lobby', { has_lobby: !call.details?.has_lobby }))
  connect('admit-all', () => call.ask('moderate.admit', { user_id: 'all' }))
  connect('end', () => call.ask('moderate.end', {}))
  for (const change of changes) call.on(change, () => showAll(view))
  call.on('ended', () => {
    view.isOver = true
    for (const id of ['hand', 'lock', 'lobby', 'admit-all', 'end']) button(id).hidden = true
    find('#people-there', HTMLElement).replaceChildren()
  })
  showAll(view)
}
