/** Bounds on what a client can make grow. Each is written here and nowhere else. */
export const limits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  urlBytes: 8 * 1024,
  frameBytes: 64 * 1024,
  /** Parts in which a frame may come; each costs memory of its own, however small it is. */
  frameFragments: 64,
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
  membersPerConversation: 1_000,
  membersPerEncryptedConversation: 250,
  /** People added in one request. */
  participantsPerRequest: 100,
  conversationsPerUser: 5_000,
  /** Who is in so many is brought into groups by friends alone, so that strangers cannot take up all of his places. */
  conversationsByStrangers: 1_000,
  titleCharacters: 100,
  messageCharacters: 10_000,
  /** Base64 text of an encrypted message. */
  encryptedCharacters: 60_000,
  messageBodyBytes: 128 * 1024,
  metadata: { keys: 20, keyBytes: 100, valueBytes: 1_000 },
  /** Of messages of type audio: how long they may last, and how many bars draw them. */
  voice: { durationMs: 6 * 3_600_000, waveformBytes: 256 },
  filesPerMessage: 10,
  fileNameCharacters: 255,
  contentTypeCharacters: 100,
  uploadsInProgress: 10,
  /** A larger file is sent in parts of this size. */
  uploadPartBytes: 64 * 1024 * 1024,
  mentionsPerMessage: 50,
  /** The longest emoji have ten code points. */
  emojiCharacters: 16,
  /** Different emoji on one message, and those of one person. */
  reactionsPerMessage: { kinds: 20, each: 5 },
  pinsPerConversation: 50,
  poll: { question: 500, options: { min: 2, max: 10 }, optionCharacters: 100 },
  openPollsPerConversation: 50,
  /** Of those who react with one emoji, so many are named with the message. */
  reactorsShown: 5,
  clientIdCharacters: { min: 1, max: 64 },
  idempotencyKeyCharacters: { min: 8, max: 64 },
  messageTtlSeconds: { min: 5, max: 365 * 86_400 },
  retentionDays: { min: 1, max: 3_650 },
  subscriptionsPerFrame: 500,
  eventsPerFrame: 500,
  /** Requests on one socket; clients keep below them by themselves. */
  chatFrames: { perSecond: 10, burst: 30 },
  signalingFrames: { perSecond: 50, burst: 500 },
  consumersPerFrame: 100,
  /** Of a picture, as it is sent or shown. */
  picturePixels: 16_384,
  roomDataBytes: 4_096,
  /** Of the key of one sender in a call, encrypted for the group. */
  senderKeyCharacters: 4_096,
  /** What a participant whose line is gone is told when he is back; who missed more begins anew. */
  replayedPushes: { frames: 1_000, bytes: 1024 * 1024 },
  /** What one description of media may hold. */
  rtp: { codecs: 64, headerExtensions: 32, encodings: 8, feedback: 16, codecOptions: 32, textCharacters: 256 },
  /** A client that is further behind loads the newest page instead. */
  replayedEvents: 1_000,
  watchedPeople: 200,
  /** Typing and receipts are told in conversations of up to so many people. */
  smallConversationMembers: 300,
  versionsPerMessage: 100,
  encryptionDevicesPerUser: 10,
  /** Base64 text of a public key: from an X25519 key to one that outlasts quantum computers. */
  publicKeyCharacters: { min: 44, max: 2_732 },
  keyPackageCharacters: 8_192,
  keysPerUpload: 100,
  /** One-time keys of a kind that wait for others; below the low mark the device is told. */
  keysPerDevice: { low: 20, max: 200 },
  keysBodyBytes: 1024 * 1024,
  claimedPeople: 50,
  /** How often somebody is given one-time keys of the same person within a day; from then on it is the last resort. */
  claimsPerDay: 10,
  devicesPerFrame: 100,
  /** What waits for a device, in all and of one sender. */
  deviceMessages: { waiting: 1_000, ofOneSender: 200, perRead: 20 },
  keyBackupCharacters: 1_000_000,
  /** How often the passphrase of a key backup may be wrong within a day. */
  keyBackupTries: 10,
  keyDerivationCharacters: 256,
  commitBodyBytes: 1024 * 1024,
  /** What is longer is fetched and not told. */
  inlineCommitCharacters: 32 * 1024,
  commitsPerConversation: 1_000,
  welcomesPerCommit: 100,
  /** Whom a call rings at; more may join. */
  calleesPerCall: 100,
  /** Who waits to be let into one call. */
  waitingPerCall: 100,
  staysPerReport: 1_000,
  recordingsPerCall: 20,
  notificationsPerUser: 1_000,
  /** How much of a message its notification shows. */
  notificationTextCharacters: 200,
  timeZoneCharacters: 64,
  pushTokensPerUser: 20,
  pushTokenCharacters: { min: 32, max: 1_024 },
  deviceIdCharacters: 64,
  /** Different words by which one message can be found. */
  searchedWordsPerMessage: 1_000,
  highlightsPerHit: 20,
  reportsPerDay: 20,
  /** What may wait for a socket that is read too slowly, beside a replay; then it closes. */
  waitingBytes: 1024 * 1024,
  waitingFrames: 1_000,
  heartbeatMs: 25_000,
  /** A client that hears nothing for so long takes the socket for dead. */
  socketSilenceMs: 40_000,
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
  /** How long a message may be edited. */
  editMs: 86_400_000,
  /** How long a repeated send finds its first. */
  sendMs: 7 * 86_400_000,
  /** How long a client tries to send a message: well within the time above, so that no repeat becomes a second one. */
  unsentMs: 6 * 86_400_000,
  idempotencyMs: 86_400_000,
  typingMs: 6_000,
  presenceMs: 60_000,
  /** How long an ended membership is told to devices that were away. */
  endedMembershipMs: 30 * 86_400_000,
  userFrameMs: 60_000,
  /** How long the copy of a call's state is kept beside the database. */
  callStateMs: 86_400_000,
  /** How long a call can be connected to with what joining it gave. */
  joinTokenMs: 300_000,
  /** How long somebody waits to be let into a call, unless it is configured otherwise. */
  lobbyMs: 300_000,
  /** How long messages wait for a device, and how long commits can be fetched. */
  deviceMessageMs: 30 * 86_400_000,
  groupCommitMs: 30 * 86_400_000,
  keyClaimsMs: 86_400_000,
  keyBackupTriesMs: 86_400_000,
  notificationMs: 30 * 86_400_000,
  /** After this a push is better not delivered: a message can wait for its reader, a ring cannot. */
  messagePushMs: 86_400_000,
  ringPushMs: 30_000,
  /** How long a push waits where its reader is active on another device. */
  pushGraceMs: 3_000,
  /** How long reports are kept once they are decided: as long as the audit. */
  decidedReportMs: 400 * 86_400_000,
  /** How long an export can be fetched, and so how often one can be had. */
  exportMs: 86_400_000,
  /** How long the links in mails count. */
  verificationMs: 86_400_000,
  passwordResetMs: 900_000,
  emailChangeMs: 86_400_000,
  /** How long clients of chat wait at most before they try to connect again, however long nobody answered. */
  reconnectMs: 15_000,
} as const
