/** The five services and the port each listens on unless told otherwise. */
export const services = {
  'api-gateway': { port: 8080, hasSql: false, hasSockets: true },
  'auth-service': { port: 8081, hasSql: true, hasSockets: false },
  'chat-service': { port: 8082, hasSql: true, hasSockets: true },
  'video-service': { port: 8083, hasSql: true, hasSockets: true },
  'storage-service': { port: 8084, hasSql: true, hasSockets: false },
} as const

export type ServiceName = keyof typeof services

export const serviceNames = Object.keys(services) as readonly ServiceName[]
