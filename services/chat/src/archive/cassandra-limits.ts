/** How long Cassandra may take, and how much of it may be asked at once; no default of its client is left in force. */
export const cassandraLimits = {
  connectMs: 2_000,
  readMs: 1_500,
  writeMs: 2_000,
  inFlight: 64,
  /** Calls that may wait for others to end, and for how long. */
  queue: 256,
  waitMs: 500,
  /** Writes that one archiver has under way: the rest is for those who read. */
  writesAtOnce: 32,
  /** Rows of one partition that go together, and how much text they may hold. */
  rowsPerWrite: 50,
  charactersPerWrite: 10_000,
  /** Rows of different partitions that go together: above ten, Cassandra warns. */
  partitionsPerWrite: 10,
  attempts: 3,
  retryRatio: 0.1,
  reconnectMs: 1_000,
  heartbeatMs: 5_000,
  /** So many overdue answers on a connection, and it is replaced. */
  overdueAnswers: 16,
  schemaAgreementSeconds: 2,
} as const
