export {
  type CallNotice,
  enqueueCallNotices,
  enqueueNotification,
  notificationTopic,
  WaitingNotification,
} from './enqueue-notification.ts'
export { toRingingFrame } from './ringing-frame.ts'
export { addUserFrames, PersonFrame, userChannel } from './user-frames.ts'
