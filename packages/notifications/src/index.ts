export { enqueueNotification, notificationTopic, WaitingNotification } from './enqueue-notification.ts'
export { addUserFrames, PersonFrame, userChannel } from './user-frames.ts'
