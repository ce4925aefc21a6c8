// Brush and eraser. Points come as the device gave them, several in one frame.

import { existing, layerOf } from '../layers.js';
import { settings, state } from '../state.js';
import { sizeOf } from './cursor.js';
import { applyPaint } from './apply.js';
import { beginErasing, commit, endErasing, eraseNow, hideInk, outline, showInk } from './stroke.js';

let stroke = null;
let last = null; // where the stroke before ended: Shift draws a line from there

function begin(point, event, erase) {
  const line = event.shiftKey && last ? [last] : [];
  const name = state.task === 'heal' ? 'mask' : state.layer;
  if (erase && !existing(name)) return;
  stroke = { points: [...line, point], erase, name, pen: event.pointerType === 'pen', size: sizeOf(erase ? 'eraser' : 'brush') };
  if (erase) beginErasing(layerOf(name));
  show(false);
}

function show(ended) {
  const { points, size, pen, erase, name } = stroke;
  const path = outline(points, size, pen, ended);
  if (erase) eraseNow(layerOf(name), path);
  else showInk(path, name, size);
  return path;
}

function far([x, y], [u, v]) {
  return Math.hypot(x - u, y - v);
}

function move(points) {
  if (!stroke) return;
  const least = Math.max(0.3, stroke.size * 0.02);
  for (const point of points) if (far(point, stroke.points.at(-1)) >= least) stroke.points.push(point);
  show(false);
}

function end() {
  if (!stroke) return;
  const { points, size, pen, erase, name } = stroke;
  last = points.at(-1);
  if (erase) endErasing(layerOf(name));
  const path = outline(points, size, pen, true);
  const entry = commit({ path, points, size, erase, name });
  stroke = null;
  hideInk();
  if (entry && settings.automatic) applyPaint(entry);
}

function stop() {
  if (!stroke) return;
  if (stroke.erase) endErasing(layerOf(stroke.name));
  stroke = null;
  hideInk();
}

const tool = (erase) => ({
  down: (point, event) => begin(point, event, erase || event.erasing),
  move, up: end, cancel: stop,
});

export const brush = tool(false);
export const eraser = tool(true);
