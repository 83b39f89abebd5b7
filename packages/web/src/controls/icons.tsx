/** Drawn on a grid of 20 with lines of 1.6, in the colour of the words around them. */
function draw(path: string) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

export const icons = {
  plus: draw('M10 4v12M4 10h12'),
  back: draw('M12.500 4.500 7 10l5.500 5.500'),
  send: draw('M3.500 10 16.500 4 13 16.500 9.500 11.500zM9.500 11.500 16.500 4'),
  close: draw('m5 5 10 10M15 5 5 15'),
  down: draw('m5 8 5 5 5-5'),
  leave: draw('M8 4H5v12h3M12 6.500 15.500 10 12 13.500M15 10H8'),
  search: draw('M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l3.500 3.500'),
  reply: draw('M8 5 3.500 9.500 8 14M4 9.500h7c3.500 0 5.500 2 5.500 5.500'),
  bin: draw('M4 6h12M8 6V4h4v2M5.500 6l.8 10h7.400l.8-10'),
  people: draw(
    'M7.500 9.500a2.750 2.750 0 1 0 0-5.500 2.750 2.750 0 0 0 0 5.500zM2.500 16c.5-3 2.500-4.500 5-4.500s4.500 1.500 5 4.500M13 4.500a2.500 2.500 0 0 1 0 5M14.500 11.800c1.700.6 2.700 2 3 4.200',
  ),
} as const
