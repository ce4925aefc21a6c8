// The ring that shows a brush at its true size. An element of its own: moving it draws nothing again.

import { settings, state } from '../state.js';
import { toScreen, view } from '../view.js';

export const pointer = { x: 0, y: 0, inside: false, kind: 'mouse' };
const ROUND = ['brush', 'eraser'];
let ring = null;

// Diameter of a tool's brush in photo pixels.
export function sizeOf(tool = state.tool) {
  return settings.sizes[tool] ?? defaultSize();
}

export function defaultSize() {
  const face = state.session?.faces[state.face];
  return Math.max(2, Math.round(face ? face.unit * 0.16 : 40 / view.scale));
}

export function placeRing() {
  ring = ring?.isConnected ? ring : document.querySelector('.ring');
  if (!ring) return;
  const shown = ROUND.includes(state.tool) && pointer.inside && pointer.kind !== 'touch';
  ring.style.visibility = shown ? 'visible' : 'hidden';
  if (!shown) return;
  const size = Math.max(3, sizeOf() * view.scale);
  const { x, y } = toScreen(pointer.x, pointer.y);
  if (ring.size !== size) {
    ring.size = size;
    ring.style.width = ring.style.height = `${size}px`;
  }
  ring.style.transform = `translate(${x - size / 2}px, ${y - size / 2}px)`;
}
