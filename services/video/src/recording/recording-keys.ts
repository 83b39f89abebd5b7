/** Under what recordings are in the store of files. */
export const prefixOf = (recordingId: string) => `recordings/${recordingId}/`

export const segmentKey = (recordingId: string, segmentId: string) => `${prefixOf(recordingId)}${segmentId}`

export const manifestKey = (recordingId: string) => `${prefixOf(recordingId)}manifest`
