import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Dialog } from '../controls/dialog.tsx'
import { Form } from '../controls/form.tsx'
import { words } from '../words/index.ts'
import { type Crop, cutOut, drawCrop, fit, mostZoom, pictureSide } from './crop.ts'

const steps: Readonly<Record<string, Pick<Crop, 'x' | 'y'>>> = {
  ArrowLeft: { x: -0.02, y: 0 },
  ArrowRight: { x: 0.02, y: 0 },
  ArrowUp: { x: 0, y: -0.02 },
  ArrowDown: { x: 0, y: 0.02 },
}

type Props = { image: ImageBitmap; onUse: (bytes: Blob) => Promise<void>; onClose: () => void }

/** Has one choose a square of a picture, by dragging it or by arrow keys. */
export function CropDialog({ image, onUse, onClose }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const crop = useSignal<Crop>({ zoom: 1, x: 0, y: 0 })
  const { picture: text } = words.settings.profile

  function change(by: Partial<Crop>): void {
    crop.value = fit(image, { ...crop.value, ...by })
  }
  function move({ x, y }: Pick<Crop, 'x' | 'y'>): void {
    change({ x: crop.value.x + x, y: crop.value.y + y })
  }
  useEffect(() => {
    if (canvas.current) drawCrop(canvas.current, image, crop.value)
  }, [crop.value])

  function drag({ currentTarget, buttons, movementX, movementY }: PointerEvent & { currentTarget: HTMLElement }): void {
    const side = currentTarget.clientWidth
    if (buttons === 1) move({ x: movementX / side, y: movementY / side })
  }
  function walk(event: KeyboardEvent): void {
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    move(step)
  }

  return (
    <Dialog title={text.crop} onClose={onClose}>
      <canvas
        ref={canvas}
        class="crop"
        width={pictureSide}
        height={pictureSide}
        aria-label={text.cropHint}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={walk}
      />
      <p class="hint">{text.cropHint}</p>
      <Form submit={text.use} onSubmit={async () => onUse(await cutOut(image, crop.value))}>
        {() => (
          <label class="field">
            {text.zoom}
            <input
              type="range"
              min={1}
              max={mostZoom}
              step={0.05}
              value={crop.value.zoom}
              onInput={(event) => change({ zoom: event.currentTarget.valueAsNumber })}
            />
          </label>
        )}
      </Form>
    </Dialog>
  )
}
