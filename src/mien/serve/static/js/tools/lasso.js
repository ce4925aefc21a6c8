// Lasso: what it surrounds is painted; with Alt it is erased.

import { settings, state } from '../state.js';
import { draw } from '../screen.js';
import { outlined } from '../marks.js';
import { applyPaint } from './apply.js';
import { commit } from './stroke.js';

let loop = null;

function begin(point, event) {
  loop = { points: [point], erase: event.altKey || event.erasing };
}

function move(points) {
  if (!loop) return;
  loop.points.push(...points);
  draw('marks');
}

function pathOf(points) {
  const path = new Path2D();
  points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
  return path;
}

function end() {
  if (!loop) return;
  const { points, erase } = loop;
  loop = null;
  draw('marks');
  if (points.length < 3) return;
  const name = state.task === 'heal' ? 'mask' : state.layer;
  const entry = commit({ path: pathOf(points), points, size: 4, erase, name });
  if (entry && settings.automatic) applyPaint(entry);
}

function stop() {
  loop = null;
  draw('marks');
}

export const lasso = { down: begin, move, up: end, cancel: stop };

export const hasLasso = () => loop !== null;

export function lassoMark(context, px) {
  if (!loop) return;
  context.stroke(pathOf(loop.points));
  context.beginPath();
  loop.points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  outlined(context, px, 1);
}
