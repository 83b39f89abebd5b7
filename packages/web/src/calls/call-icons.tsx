import { draw } from '../controls/icons.tsx'

const microphone =
  'M10 3a2.500 2.500 0 0 0-2.500 2.500v4a2.500 2.500 0 0 0 5 0v-4A2.500 2.500 0 0 0 10 3zM4.500 9.500a5.500 5.500 0 0 0 11 0M10 15v2.500'
const camera = 'M3 6h9.500v8H3zM12.500 9l4.500-2.500v7L12.500 11'
const crossed = 'M3.500 3.500l13 13'

export const callIcons = {
  phone: draw(
    'M5 3.500h2.500L9 7 7.200 8.300a9 9 0 0 0 4.500 4.500L13 11l3.500 1.500V15a1.500 1.500 0 0 1-1.700 1.500A12.500 12.500 0 0 1 3.500 5.200 1.500 1.500 0 0 1 5 3.500z',
  ),
  hangUp: draw('M3 11.500c4-4 10-4 14 0l-1.800 2.300-3-1.300v-2.200a9 9 0 0 0-4.400 0v2.200l-3 1.300z'),
  mic: draw(microphone),
  micOff: draw(microphone + crossed),
  camera: draw(camera),
  cameraOff: draw(camera + crossed),
  screen: draw('M3 4.500h14v9H3zM7 16.500h6M10 13.500v3M8 9.500l2-2 2 2M10 7.500v4'),
  hand: draw(
    'M6.500 10V5.500a1.200 1.200 0 0 1 2.400 0V9M8.900 9V4a1.200 1.200 0 0 1 2.400 0v5M11.300 9V5a1.200 1.200 0 0 1 2.400 0v6c0 3.500-1.500 5.500-4.200 5.500-2 0-3.300-1-4.300-3L3.700 11c.7-.8 1.700-.6 2.300.3l.5.8',
  ),
  chat: draw('M3.500 4.500h13v9H9L5.500 16.500v-3h-2z'),
  grid: draw('M3.500 4h5.500v5H3.500zM11 4h5.500v5H11zM3.500 11h5.500v5H3.500zM11 11h5.500v5H11z'),
  speaker: draw('M3.500 4h13v8h-13zM3.500 14.500h3.500V17H3.500zM8.500 14.500h3V17h-3zM13 14.500h3.500V17H13z'),
  enlarge: draw('M11.500 4H16v4.500M16 4l-5 5M8.500 16H4v-4.500M4 16l5-5'),
  more: draw('M4.500 10h.01M10 10h.01M15.500 10h.01'),
  record: draw(
    'M10 4.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM10 8.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3z',
  ),
  signal: draw('M5 15v-3M10 15V9M15 15V5'),
  quiet: draw('M4 8v4h2.500L10 15V5L6.500 8zM13 8l3.500 4M16.500 8 13 12'),
} as const
