import { flag, optional, optionalSecret, port, requiredInProduction, text } from '@secureconnect/config'

/** Where Redis is, as every service is told. */
export const kvSettings = {
  redisHost: text('redis'),
  redisPort: port(6379),
  /** Whether that is a node of a cluster: keys and channels are then spread over all its nodes. */
  redisCluster: flag(false),
  redisUsername: text('default'),
  redisPassword: optionalSecret(),
  /** File with the authority that signed the server's certificate; without one the connection is in the clear. */
  redisTlsCa: requiredInProduction(optional(text())),
}
