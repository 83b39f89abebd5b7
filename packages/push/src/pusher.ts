/** A push that is ready to go to one device. */
export type Push = {
  /** The device's registration token. */
  token: string
  platform: 'android' | 'ios' | 'web'
  /** What it is about, for metrics and logs: `message`, `call`, … */
  type: string
  title: string
  body: string
  /** Text values that the app reads when the push is opened. */
  data?: Readonly<Record<string, string>>
  /** After this it is better not delivered at all. */
  timeToLiveMs: number
}

/** Sends pushes, one attempt each: trying again is the outbox's work. */
export type Pusher = {
  /** Answers `unregistered` when the device no longer wants any: its token is to be removed. */
  send(push: Push): Promise<'sent' | 'unregistered'>
  close(): Promise<void>
}
