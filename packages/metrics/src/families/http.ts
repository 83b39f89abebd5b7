import { counter, everyService, gauge, histogram, socketServices } from '../family.ts'

/** Requests, sockets and the limits in front of them. */
export const httpFamilies = {
  httpRequests: counter('http_requests_total', {
    help: 'Answered requests',
    services: everyService,
    labels: ['method', 'endpoint', 'status'],
  }),
  httpRequestDuration: histogram('http_request_duration_seconds', {
    help: 'Time from the request to the end of its answer',
    services: everyService,
    labels: ['method', 'endpoint'],
  }),
  httpRequestsInFlight: gauge('http_requests_in_flight', { help: 'Requests being answered', services: everyService }),
  rateLimitHits: counter('rate_limit_hits_total', {
    help: 'Requests that were counted against a rate limit',
    services: everyService,
    labels: ['endpoint'],
  }),
  rateLimitBlocked: counter('rate_limit_blocked_total', {
    help: 'Requests that a rate limit refused',
    services: everyService,
    labels: ['endpoint'],
  }),
  requestsShed: counter('requests_shed_total', {
    help: 'Requests refused to keep the process responsive',
    services: everyService,
    labels: ['class'],
    known: { class: ['interactive', 'read', 'droppable'] },
  }),
  websocketConnections: gauge('websocket_connections', { help: 'Open sockets', services: socketServices }),
  websocketMessages: counter('websocket_messages_total', {
    help: 'Frames by type and direction',
    services: socketServices,
    labels: ['type', 'direction'],
  }),
  websocketErrors: counter('websocket_errors_total', {
    help: 'Sockets refused or ended by an error',
    services: socketServices,
    labels: ['error'],
  }),
}
