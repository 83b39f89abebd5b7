export { openFileStorage } from './file-storage.ts'
