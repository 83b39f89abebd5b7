import { hostname } from 'node:os'
import {
  type ConfigOf,
  choice,
  flag,
  integer,
  list,
  port,
  requiredInProduction,
  secret,
  secretStrength,
  text,
  url,
} from '@secureconnect/config'
import { logLevels } from '@secureconnect/logging'
import { type ServiceName, services } from '@secureconnect/protocol'
import { tracingSettings } from '@secureconnect/tracing'

/** The settings that every service has. */
export function serviceSettings(service: ServiceName) {
  return {
    ...tracingSettings,
    env: choice(['development', 'test', 'production'], 'development'),
    host: text('127.0.0.1'),
    port: port(services[service].port),
    logLevel: choice(logLevels, 'info'),
    /** Where people find the product; links in mails lead there, and pages from there may open sockets. */
    publicUrl: requiredInProduction(url(['http:', 'https:'], 'http://localhost:8080')),
    revision: text('unknown'),
    /** Tells replicas of a service apart in the health table. */
    instanceId: text(`${service}-${hostname()}-${process.pid}`),
    /** Networks whose X-Forwarded-For is believed: the gateway's, for the services behind it. */
    trustedProxies: list(text(), ['127.0.0.1/32', '::1/128']),
    /** How long a stopping process at most waits for its sockets to move elsewhere. */
    drainSeconds: integer({ min: 0, max: 25, fallback: 20 }),
    shedLoad: flag(true),
  }
}

/** The settings of every service that keeps data. */
export function dataServiceSettings(service: ServiceName) {
  return {
    ...serviceSettings(service),
    /** What the keys of all purposes but passwords and refresh tokens are derived from. */
    jwtSecret: secret(secretStrength.key),
  }
}

export type BaseConfig = ConfigOf<ReturnType<typeof serviceSettings>>
export type DataServiceConfig = ConfigOf<ReturnType<typeof dataServiceSettings>>
