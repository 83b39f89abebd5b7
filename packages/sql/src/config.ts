import {
  type ConfigOf,
  choice,
  optional,
  parseConfig,
  port,
  requiredInProduction,
  secret,
  text,
} from '@secureconnect/config'

/** Where the database is, as every service that uses it is told. */
export const sqlSettings = {
  sqlEngine: choice(['postgres', 'cockroach'], 'postgres'),
  dbHost: text('postgres'),
  dbPort: port(5432),
  dbName: text('secureconnect'),
  dbUser: text('secureconnect'),
  dbPassword: secret(),
  /** File with the authority that signed the server's certificate; without one the connection is in the clear. */
  dbTlsCa: requiredInProduction(optional(text())),
}

export function loadSqlConfig(): ConfigOf<typeof sqlSettings> {
  return parseConfig(sqlSettings, { env: process.env })
}
