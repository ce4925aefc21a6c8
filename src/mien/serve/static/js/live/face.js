// The face of a drawing: asked for at every change, one request at a time, always the newest drawing.

import { call, image, query } from '../api.js';
import { png } from '../png.js';
import { levels } from './canvas.js';

const SENT = 256; // pixels of the drawing that travels

// now(): {strokes, seed, text}; show(picture): a bitmap; tell(error): null where all is well.
export function faces(now, show, tell) {
  let busy = false;
  let again = false;
  let shown = '';
  async function once() {
    const { strokes, seed, text } = now();
    const key = JSON.stringify([strokes, seed, text]);
    if (key === shown) return;
    const body = await png(levels(strokes, SENT), SENT, SENT);
    const words = text.trim() || undefined;
    show(await image(await call(`/api/draw?${query({ seed, text: words })}`, { body, type: 'image/png', as: 'blob' })));
    shown = key;
    tell(null);
  }
  return async function ask() {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      try {
        await once();
      } catch (error) {
        tell(error);
      }
    }
    busy = false;
  };
}
