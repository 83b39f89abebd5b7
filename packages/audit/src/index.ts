export { AuditEvent, type AuditRecord } from './audit-event.ts'
export { type Audit, type AuditOptions, createAudit } from './create-audit.ts'
export { type AuditFault, type AuditProof, verifyAuditChain } from './verify-audit-chain.ts'
