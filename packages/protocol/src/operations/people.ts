import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Reason, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'

/** What everybody who is signed in may see of an account. */
export const PublicProfile = Type.Object({
  user_id: Uuid,
  username: Type.String(),
  display_name: Type.String(),
  avatar_url: Nullable(Type.String()),
  avatar_file_id: Nullable(Uuid),
})
export type PublicProfile = Static<typeof PublicProfile>

/** How two people stand to each other after one of them asked or answered. */
export const Friendship = Type.Object({
  user_id: Uuid,
  state: Type.Union([Type.Literal('requested'), Type.Literal('friends'), Type.Literal('rejected')]),
})
export type Friendship = Static<typeof Friendship>

export const Friend = Type.Object({ ...PublicProfile.properties, friends_since: Timestamp })
export type Friend = Static<typeof Friend>

export const RequestDirection = Type.Union([Type.Literal('in'), Type.Literal('out')])
export type RequestDirection = Static<typeof RequestDirection>

export const FriendRequest = Type.Object({
  ...PublicProfile.properties,
  direction: RequestDirection,
  requested_at: Timestamp,
})
export type FriendRequest = Static<typeof FriendRequest>

export const BlockedUser = Type.Object({
  ...PublicProfile.properties,
  reason: Nullable(Type.String()),
  blocked_at: Timestamp,
})
export type BlockedUser = Static<typeof BlockedUser>

const PeopleSearch = Type.String({
  minLength: limits.peopleSearchCharacters.min,
  maxLength: limits.peopleSearchCharacters.max,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'Part of a username or a display name; case and accents do not matter',
})

const somebody = { caller: 'user', params: Strict({ user_id: Uuid }) } as const
const pageOfOwn = { caller: 'user', query: Strict(pageQuery), errors: ['INVALID_CURSOR'] } as const

export const people = operations('auth-service', {
  search: {
    name: 'users.search',
    summary: 'Find people by part of a name; those whose name has a word that begins with it come first',
    method: 'GET',
    path: '/v1/users/search',
    caller: 'user',
    rate: 'search',
    query: Strict({ q: PeopleSearch, ...pageQuery }),
    answer: { 200: Page('users', PublicProfile) },
    errors: ['INVALID_CURSOR'],
  },
  get: {
    name: 'users.get',
    summary:
      'What everybody may see of an account, also whoever is blocked by it: it stands beside its messages anyway',
    method: 'GET',
    path: '/v1/users/:user_id',
    answer: { 200: PublicProfile },
    errors: ['USER_NOT_FOUND'],
    ...somebody,
  },
  listFriends: {
    name: 'friends.list',
    summary: "The signed-in person's friends, by username",
    method: 'GET',
    path: '/v1/users/me/friends',
    answer: { 200: Page('friends', Friend) },
    ...pageOfOwn,
  },
  listRequests: {
    name: 'friends.requests.list',
    summary: 'Friend requests that wait for an answer, newest first: those sent, those received, or both',
    method: 'GET',
    path: '/v1/users/me/friends/requests',
    answer: { 200: Page('requests', FriendRequest) },
    ...pageOfOwn,
    query: Strict({ direction: Type.Optional(RequestDirection), ...pageQuery }),
  },
  askFriend: {
    name: 'friends.ask',
    summary: 'Ask somebody to be friends; where he has asked already, this accepts',
    method: 'POST',
    path: '/v1/users/:user_id/friend',
    answer: { 201: Friendship },
    errors: ['USER_NOT_FOUND', 'BLOCKED', 'CONFLICT', 'LIMIT_REACHED'],
    audit: { resource: 'friendship', action: 'ask' },
    ...somebody,
  },
  acceptFriend: {
    name: 'friends.accept',
    summary: 'Accept a friend request; only who was asked may',
    method: 'POST',
    path: '/v1/users/me/friends/:user_id/accept',
    answer: { 200: Friendship },
    errors: ['USER_NOT_FOUND', 'NOT_FOUND', 'FORBIDDEN', 'LIMIT_REACHED'],
    audit: { resource: 'friendship', action: 'accept' },
    ...somebody,
  },
  rejectFriend: {
    name: 'friends.reject',
    summary: 'Reject a friend request; who asked may ask again after 7 days',
    method: 'DELETE',
    path: '/v1/users/me/friends/:user_id/reject',
    answer: { 200: Friendship },
    errors: ['USER_NOT_FOUND', 'NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'friendship', action: 'reject' },
    ...somebody,
  },
  removeFriend: {
    name: 'friends.remove',
    summary: "End a friendship, or withdraw one's own request; to do so twice is fine",
    method: 'DELETE',
    path: '/v1/users/me/friends/:user_id',
    answer: { 200: Confirmation },
    audit: { resource: 'friendship', action: 'remove' },
    ...somebody,
  },
  listBlocked: {
    name: 'blocks.list',
    summary: 'Whom the signed-in person blocks, by username',
    method: 'GET',
    path: '/v1/users/me/blocked',
    answer: { 200: Page('blocked_users', BlockedUser) },
    ...pageOfOwn,
  },
  block: {
    name: 'blocks.add',
    summary: 'Block somebody; this ends a friendship and requests between the two, and to do so twice is fine',
    method: 'POST',
    path: '/v1/users/:user_id/block',
    body: Strict({ reason: Type.Optional(Reason) }),
    answer: { 201: Confirmation },
    errors: ['USER_NOT_FOUND', 'LIMIT_REACHED'],
    audit: { resource: 'block', action: 'add' },
    ...somebody,
  },
  unblock: {
    name: 'blocks.remove',
    summary: 'Unblock somebody; to do so twice is fine',
    method: 'DELETE',
    path: '/v1/users/:user_id/block',
    answer: { 200: Confirmation },
    audit: { resource: 'block', action: 'remove' },
    ...somebody,
  },
})
