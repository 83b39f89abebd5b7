/** What each WebSocket close code means, and what a client should do next. */
export const closeCodes = {
  done: { code: 1000, client: 'stay away' },
  goingAway: { code: 1001, client: 'reconnect' },
  brokenFrame: { code: 1002, client: 'reconnect, with back-off' },
  binaryFrame: { code: 1003, client: 'do not repeat' },
  invalidUtf8: { code: 1007, client: 'do not repeat' },
  policy: { code: 1008, client: 'wait, then reconnect' },
  frameTooBig: { code: 1009, client: 'do not repeat' },
  ourFault: { code: 1011, client: 'reconnect, with back-off' },
  restart: { code: 1012, client: 'reconnect after the hint' },
  overloaded: { code: 1013, client: 'reconnect after the hint' },
  protocolError: { code: 4400, client: 'do not repeat' },
  unauthenticated: { code: 4401, client: 'refresh the token, then reconnect' },
  forbidden: { code: 4403, client: 'do not reconnect' },
  authDeadline: { code: 4408, client: 'reconnect' },
  replaced: { code: 4409, client: 'do not reconnect' },
  mediaGone: { code: 4503, client: 'reconnect after the hint' },
  tooSlow: { code: 4508, client: 'reconnect and resume' },
} as const

export type CloseReason = keyof typeof closeCodes
