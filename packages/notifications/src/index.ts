export { enqueueNotification, notificationTopic, WaitingNotification } from './enqueue-notification.ts'
