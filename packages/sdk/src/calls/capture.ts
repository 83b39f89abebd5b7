async function firstTrack(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  const [track] = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()
  if (!track) throw new Error('The device gave nothing.')
  return track
}

function exactly(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId === undefined ? {} : { deviceId: { exact: deviceId } }
}

/** Microphones, cameras and loudspeakers; their names are told once one of them may be used. */
export function listDevices(): Promise<MediaDeviceInfo[]> {
  return navigator.mediaDevices.enumerateDevices()
}

/** Asks for the microphone, or for one of several. */
export function openMicrophone(deviceId?: string): Promise<MediaStreamTrack> {
  return firstTrack({ audio: { ...exactly(deviceId), echoCancellation: true, noiseSuppression: true } })
}

/** Asks for the camera, or for one of several. */
export function openCamera(deviceId?: string): Promise<MediaStreamTrack> {
  return firstTrack({ video: { ...exactly(deviceId), width: { ideal: 1_280 }, height: { ideal: 720 } } })
}

/** Asks what of the screen is to be shown, with what it sounds like if the browser gives that. */
export async function openScreen(): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | undefined }> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true })
  const [video] = stream.getVideoTracks()
  if (!video) throw new Error('The browser showed nothing of the screen.')
  return { video, audio: stream.getAudioTracks()[0] }
}
