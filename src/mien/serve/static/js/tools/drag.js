// Points that are pulled: a mouth corner up, a brow higher. Also what the sliders of the shape panel do.

import { groupOf, run } from '../edits.js';
import { fieldNow, loadField, showWarp } from '../preview/preview.js';
import { offsetAt, offsets } from '../preview/warp.js';
import { draw } from '../screen.js';
import { faceNow, state, update } from '../state.js';
import { view } from '../view.js';
import { outlined } from '../marks.js';

// Points of the face mesh that people pull most: corners of mouth and eyes, lips, brows, nose, chin, jaw.
const HANDLES = [61, 291, 0, 17, 33, 133, 362, 263, 159, 386, 105, 334, 4, 98, 327, 152, 172, 397];
const REACH = 14; // CSS pixels
let held = null; // index of the drag that moves

// What is wished of the face's shape: {reshape: {name: strength}, drag: [[x, y, x2, y2]]}.
export function shapeNow() {
  if (state.trial?.shape) return state.trial.shape;
  const { recipe } = groupOf('shape');
  return { reshape: { ...recipe.reshape }, drag: (recipe.drag ?? []).map((one) => [...one]) };
}

function shape(wish) {
  update({ trial: { shape: wish } });
  showWarp(groupOf('shape').base, wish.reshape, wish.drag);
}

export function slide(name, value) {
  const wish = shapeNow();
  if (value) wish.reshape[name] = value;
  else delete wish.reshape[name];
  shape(wish);
}

// Sends what the preview shows.
export async function applyShape() {
  const wish = shapeNow();
  const { base } = groupOf('shape');
  const nothing = !wish.drag.length && !Object.keys(wish.reshape).length;
  if (nothing) return base === state.tree.head ? null : (await import('../edits.js')).visit(base);
  const fields = {};
  if (wish.drag.length) fields.drag = wish.drag;
  if (Object.keys(wish.reshape).length) fields.reshape = wish.reshape;
  return run(fields, { kind: 'shape', count: 1 });
}

function handles() {
  const face = faceNow();
  if (!face) return [];
  const wish = shapeNow();
  const field = fieldNow();
  const sum = field && offsets(field, wish.reshape, wish.drag);
  return HANDLES.map((i) => face.landmarks[i]).filter(Boolean).map(([x, y]) => {
    const moved = sum ? offsetAt(field, sum, x, y) : { x: 0, y: 0 };
    return [x - moved.x, y - moved.y];
  });
}

function near(points, [x, y]) {
  const reach = REACH / view.scale;
  let best = -1;
  let least = reach;
  points.forEach(([u, v], i) => {
    const far = Math.hypot(u - x, v - y);
    if (far < least) [best, least] = [i, far];
  });
  return best;
}

// Where a point on the screen was before it was moved.
function sourceOf([x, y], wish) {
  const field = fieldNow();
  if (!field) return [x, y];
  const moved = offsetAt(field, offsets(field, wish.reshape, wish.drag), x, y);
  return [x + moved.x, y + moved.y];
}

function down(point) {
  loadField();
  const wish = shapeNow();
  const known = near(wish.drag.map((one) => one.slice(2)), point);
  if (known >= 0) {
    held = known;
    return;
  }
  const points = handles();
  const snapped = near(points, point);
  const start = snapped >= 0 ? points[snapped] : point.slice(0, 2);
  wish.drag.push([...sourceOf(start, wish), start[0], start[1]].map(round));
  held = wish.drag.length - 1;
  update({ trial: { shape: wish } });
}

const round = (value) => Math.round(value * 100) / 100;

function move(points) {
  if (held === null) return;
  const [x, y] = points.at(-1);
  const wish = shapeNow();
  wish.drag[held] = [wish.drag[held][0], wish.drag[held][1], round(x), round(y)];
  shape(wish);
}

function end() {
  if (held === null) return;
  const wish = shapeNow();
  const [ax, ay, bx, by] = wish.drag[held];
  held = null;
  if (Math.hypot(bx - ax, by - ay) * view.scale >= 1) applyShape();
  else removePoint(wish);
}

// A point that was clicked without being pulled is none.
function removePoint(wish) {
  wish.drag = wish.drag.filter(([ax, ay, bx, by]) => Math.hypot(bx - ax, by - ay) * view.scale >= 1);
  shape(wish);
}

function stop() {
  held = null;
  update({ trial: null });
  draw('photo', 'marks');
}

export const drag = { down, move, up: end, cancel: stop };

export function dragMarks(context, px) {
  for (const [x, y] of handles()) dot(context, px, x, y, 3.5, 'rgba(255, 255, 255, 0.9)');
  for (const [ax, ay, bx, by] of shapeNow().drag) {
    context.beginPath();
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
    outlined(context, px, 1.5);
    dot(context, px, bx, by, 5.5, getComputedStyle(document.documentElement).getPropertyValue('--accent'));
  }
}

function dot(context, px, x, y, radius, fill) {
  context.beginPath();
  context.arc(x, y, radius * px, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 1.2 * px;
  context.strokeStyle = 'rgba(0, 0, 0, 0.65)';
  context.stroke();
}
