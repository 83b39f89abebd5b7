import { operations } from '@secureconnect/protocol'
import { Type } from 'typebox'

const common = { summary: '', caller: 'user', path: '/v1/trial', answer: { 200: Type.Object({}) } } as const
const patient = { deadlineMs: 60_000, bodyLimit: 256 * 1_024 * 1_024 }

/** Operations to try the gateway with: some of the usual limits, some in a hurry, some with all the time there is. */
export const trials = Object.values(
  operations('chat-service', {
    read: { ...common, name: 'trial.read', method: 'GET' },
    write: { ...common, name: 'trial.write', method: 'POST' },
    hurriedRead: { ...common, name: 'trial.hurried.read', method: 'GET', path: '/v1/hurried', deadlineMs: 400 },
    hurriedWrite: { ...common, name: 'trial.hurried.write', method: 'POST', path: '/v1/hurried', deadlineMs: 400 },
    patientRead: { ...common, ...patient, name: 'trial.patient.read', method: 'GET', path: '/v1/patient' },
    patientWrite: { ...common, ...patient, name: 'trial.patient.write', method: 'POST', path: '/v1/patient' },
  }),
)
