/** Bounds on what a client can make grow. Each is written here and nowhere else. */
export const limits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  urlBytes: 8 * 1024,
  frameBytes: 64 * 1024,
  requestDeadlineMs: 5_000,
  requestIdCharacters: 64,
  emailCharacters: 254,
  usernameCharacters: { min: 3, max: 30 },
  displayNameCharacters: 100,
  passwordCodePoints: { min: 8, max: 128 },
  passwordBytes: 1_024,
  deviceNameCharacters: 100,
  deviceTokenCharacters: 128,
  tokenCharacters: 4_096,
  mailTokenCharacters: 128,
  /** Mails with links that one address gets on request in an hour. */
  requestedMailsPerHour: 3,
  urlCharacters: 2_048,
  cursorCharacters: 512,
  reasonCharacters: { min: 3, max: 500 },
  searchCharacters: 100,
  peopleSearchCharacters: { min: 2, max: 100 },
  friendsPerUser: 1_000,
  /** Requests that nobody answered yet: those that one person sent, and those that wait for one person. */
  friendRequests: { sent: 100, waiting: 1_000 },
  blocksPerUser: 1_000,
  exportBytes: 32 * 1024 * 1024,
  banHours: { min: 1, max: 8_760 },
  pageItems: { usual: 20, max: 100 },
  liveSessionsPerUser: 10,
  knownDevicesPerUser: 20,
  socketsPerUser: 10,
  malformedFrames: 5,
  heartbeatMs: 25_000,
  socketAuthDeadlineMs: 5_000,
  socketExpiryGraceMs: 30_000,
} as const

/** Lives of tokens and sessions, in milliseconds. */
export const lifetimes = {
  accessTokenMs: 900_000,
  refreshReplayMs: 10_000,
  socketTicketMs: 30_000,
  sessionIdleMs: 14 * 86_400_000,
  sessionAbsoluteMs: 30 * 86_400_000,
  /** How long a rejected person waits before he may ask again. */
  rejectionMs: 7 * 86_400_000,
  /** How long an export can be fetched, and so how often one can be had. */
  exportMs: 86_400_000,
  /** How long the links in mails count. */
  verificationMs: 86_400_000,
  passwordResetMs: 900_000,
  emailChangeMs: 86_400_000,
} as const
