// The ring that shows a brush at its true size.

import { settings, state } from '../state.js';
import { view } from '../view.js';

export const pointer = { x: 0, y: 0, inside: false, drawing: false, kind: 'mouse' };
const ROUND = ['brush', 'eraser'];

// Diameter of a tool's brush in photo pixels.
export function sizeOf(tool = state.tool) {
  return settings.sizes[tool] ?? defaultSize();
}

export function defaultSize() {
  const face = state.session?.faces[state.face];
  return Math.max(2, Math.round(face ? face.unit * 0.16 : 40 / view.scale));
}

export function cursorMark(context, px) {
  if (!ROUND.includes(state.tool) || !pointer.inside || pointer.kind === 'touch') return;
  const radius = sizeOf() / 2;
  for (const [color, more] of [['rgba(0, 0, 0, 0.7)', 0], ['rgba(255, 255, 255, 0.95)', px]]) {
    context.beginPath();
    context.arc(pointer.x, pointer.y, Math.max(px, radius - more), 0, 2 * Math.PI);
    context.lineWidth = px;
    context.strokeStyle = color;
    context.stroke();
  }
}
