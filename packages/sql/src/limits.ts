/** How long and how wide access to the database may be; no default of a driver is left in force. */
export const sqlLimits = {
  acquireMs: 1_000,
  statementMs: 3_000,
  /** The server ends a statement at `statementMs`; a server that does not even do that is given this much longer. */
  hungServerGraceMs: 250,
  idleInTransactionMs: 5_000,
  scriptMs: 600_000,
  interactiveConnections: 10,
  backgroundConnections: 3,
  /** From this share of connections in use on, whoever would wait longer than `acquireMs` is refused at once. */
  guardedShare: 0.8,
  idleConnectionMs: 60_000,
  connectionLifeMs: 1_800_000,
  attempts: 5,
  retryRatio: 0.1,
  retryAfterMs: 2_000,
  waitingWordsKib: 64,
} as const
