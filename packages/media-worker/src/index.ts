export { prepareWorker, type WorkerOptions } from './prepare-worker.ts'
