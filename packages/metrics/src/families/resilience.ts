import { counter, everyService, gauge, sqlServices } from '../family.ts'

/** Breakers, bulkheads, retries, the outbox, the audit log, the build. */
export const resilienceFamilies = {
  circuitBreakerState: gauge('circuit_breaker_state', {
    help: '0 closed, 1 half-open, 2 open',
    services: everyService,
    labels: ['dependency'],
  }),
  circuitBreakerTransitions: counter('circuit_breaker_transitions_total', {
    help: 'Changes of a breaker, by the state it entered',
    services: everyService,
    labels: ['dependency', 'to'],
  }),
  bulkheadInUse: gauge('bulkhead_in_use', {
    help: 'Calls under way to a dependency',
    services: everyService,
    labels: ['dependency'],
  }),
  bulkheadRejected: counter('bulkhead_rejected_total', {
    help: 'Calls refused because too many were under way',
    services: everyService,
    labels: ['dependency'],
  }),
  retries: counter('retries_total', { help: 'Calls tried again', services: everyService, labels: ['dependency'] }),
  outboxPending: gauge('outbox_pending', {
    help: 'Side effects waiting to be carried out',
    services: sqlServices,
    labels: ['topic'],
  }),
  outboxOldest: gauge('outbox_oldest_seconds', {
    help: 'Age of the oldest side effect that waits',
    services: sqlServices,
    labels: ['topic'],
  }),
  outboxDead: counter('outbox_dead_total', {
    help: 'Side effects given up',
    services: sqlServices,
    labels: ['topic'],
  }),
  auditEvents: counter('audit_events_total', {
    help: 'Audit records',
    services: everyService,
    labels: ['action', 'result'],
  }),
  auditWriteFailures: counter('audit_write_failures_total', {
    help: 'Audit records that could not be stored at once',
    services: everyService,
  }),
  buildInfo: gauge('build_info', {
    help: '1, labelled with what is running',
    services: everyService,
    labels: ['version', 'revision'],
  }),
}
