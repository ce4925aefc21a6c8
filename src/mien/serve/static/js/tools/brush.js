// Brush and eraser. Points come as the device gave them, several in one frame.

import { existing, layerOf, rest } from '../layers.js';
import { settings, state } from '../state.js';
import { sizeOf } from './cursor.js';
import { applyPaint } from './apply.js';
import { draw, drawPaintIn } from '../screen.js';
import { addInk, beginErasing, beginInk, boundsOf, commit, endErasing, eraseNow, hideInk, outline, smoothed } from './stroke.js';

let stroke = null;
let last = null; // where the stroke before ended: Shift draws a line from there

function begin(point, event, erase) {
  const line = event.shiftKey && last ? [last] : [];
  const name = state.task === 'heal' ? 'mask' : state.layer;
  if (erase && !existing(name)) return;
  if (rest(false)) draw('paint');
  stroke = { points: [...line, point], erase, name, pen: event.pointerType === 'pen', size: sizeOf(erase ? 'eraser' : 'brush') };
  if (erase) beginErasing(layerOf(name));
  else beginInk(name, stroke.size);
  show(0);
}

const TAIL = 3; // points before the new ones that are drawn again, so that the line has no gaps

// Shows the points from one on.
function show(first) {
  const { points, size, pen, erase, name } = stroke;
  const fresh = points.slice(Math.max(0, first - TAIL));
  const path = outline(fresh, size, pen);
  if (!erase) return addInk(path);
  eraseNow(layerOf(name), path);
  return drawPaintIn(boundsOf(fresh, size));
}

function far([x, y], [u, v]) {
  return Math.hypot(x - u, y - v);
}

function move(points) {
  if (!stroke) return;
  const least = Math.max(0.3, stroke.size * 0.02);
  const first = stroke.points.length;
  for (const point of points) {
    const next = smoothed(stroke.points.at(-1), point);
    if (far(next, stroke.points.at(-1)) >= least) stroke.points.push(next);
  }
  stroke.tip = points.at(-1);
  if (stroke.points.length > first) show(first);
}

function end() {
  if (!stroke) return;
  const { points, size, pen, erase, name } = stroke;
  if (stroke.tip) points.push(stroke.tip);
  last = points.at(-1);
  if (erase) endErasing(layerOf(name));
  const path = outline(points, size, pen);
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
  move, up: end, cancel: stop, raw: true,
});

export const brush = tool(false);
export const eraser = tool(true);
