// Strokes: from points to outlines, on the ink canvas while the pen is down, on a layer when it lifts.

import { getStroke } from '../../vendor/freehand.js';
import { record } from '../history.js';
import { inkOf, layerOf, layerSize, rest } from '../layers.js';
import { newCanvas } from '../pictures.js';
import { clear, draw, inPhoto, inkContext, reveal } from '../screen.js';
import { settings, state } from '../state.js';
import { view } from '../view.js';

const GROWN = 0.6; // of the brush's size, around strokes: there the face may change too

// The next point of a stroke, drawn towards the one before: shaking hands leave smoother lines.
export function smoothed(before, point) {
  const share = 1 - settings.smoothing * 0.85;
  return [before[0] + (point[0] - before[0]) * share, before[1] + (point[1] - before[1]) * share, point[2]];
}

// points: [[x, y, pressure]] in photo pixels. Gives a Path2D.
export function outline(points, size, pen) {
  const shape = getStroke(points, {
    size, thinning: pen ? 0.7 : 0, smoothing: 0.5, streamline: 0, simulatePressure: false, last: true,
  });
  const path = new Path2D();
  if (shape.length < 3) return path;
  path.moveTo(...middle(shape.at(-1), shape[0]));
  shape.forEach((point, i) => path.quadraticCurveTo(...point, ...middle(point, shape[(i + 1) % shape.length])));
  path.closePath();
  return path;
}

const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

// A stroke begins on the ink canvas.
export function beginInk(name, size) {
  const context = inkContext();
  reveal(context, true);
  clear(context);
  inPhoto(context);
  context.canvas.style.opacity = settings.opacity[name];
  context.canvas.style.filter = settings.hardness < 1 ? `blur(${(1 - settings.hardness) * size * view.scale * 0.2}px)` : '';
  context.fillStyle = inkOf(name);
}

// Adds to it; what is there stays, so that a long stroke costs no more than a short one.
export function addInk(path) {
  inkContext().fill(path);
}

export function hideInk() {
  reveal(inkContext(), false);
}

export function boundsOf(points, margin) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
  }
  return [x0 - margin, y0 - margin, x1 + margin, y1 + margin];
}

// Changes a layer inside a box of the photo; gives what the history has to know, or null.
export function change(layer, box, paint, touched = true) {
  rest(false);
  const { scale } = layer;
  const x = Math.max(0, Math.floor(box[0] * scale));
  const y = Math.max(0, Math.floor(box[1] * scale));
  const width = Math.min(layer.width, Math.ceil(box[2] * scale)) - x;
  const height = Math.min(layer.height, Math.ceil(box[3] * scale)) - y;
  if (width < 1 || height < 1) return null;
  const { context } = layer;
  const was = layer.touched;
  const before = context.getImageData(x, y, width, height);
  context.save();
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paint(context);
  context.restore();
  layer.changed(touched);
  const after = context.getImageData(x, y, width, height);
  return { face: state.face, name: layer.name, x, y, before, after, touched: was || touched };
}

// Puts a shape on the active layer and records it. Gives the entry of the history.
export function commit({ path, points, size, erase, name = state.layer }) {
  const soft = 1 - settings.hardness;
  const margin = size + 2;
  const box = boundsOf(points, margin);
  const parts = [change(layerOf(name), box, (context) => {
    context.globalCompositeOperation = erase ? 'destination-out' : 'source-over';
    if (soft > 0 && name === 'mask') context.filter = `blur(${soft * size * layerOf(name).scale * 0.2}px)`;
    context.fillStyle = inkOf(name);
    context.fill(path);
  })];
  if (name !== 'mask') parts.push(automatic(path, box, size));
  draw('paint');
  const found = parts.filter(Boolean);
  return found.length ? record(found) : null;
}

// Where no mask is painted, the face may change around the strokes.
function automatic(path, box, size) {
  const margin = size * GROWN;
  const wide = [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
  return change(layerOf('automatic'), wide, (context) => {
    context.fillStyle = context.strokeStyle = '#fff';
    context.lineJoin = 'round';
    context.lineWidth = 2 * margin;
    context.fill(path);
    context.stroke(path);
  });
}

// Erasing shows at once: the layer is changed while the pen moves; a copy keeps what it was.
let copy = null;

export function beginErasing(layer) {
  const size = layerSize();
  if (!copy || copy.canvas.width !== size.width || copy.canvas.height !== size.height) {
    copy = newCanvas(size.width, size.height, { willReadFrequently: true });
  }
  copy.context.clearRect(0, 0, size.width, size.height);
  copy.context.drawImage(layer.canvas, 0, 0);
}

export function eraseNow(layer, path) {
  const { context, scale } = layer;
  context.save();
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.globalCompositeOperation = 'destination-out';
  context.fill(path);
  context.restore();
}

export function endErasing(layer) {
  layer.context.globalCompositeOperation = 'copy';
  layer.context.drawImage(copy.canvas, 0, 0);
  layer.context.globalCompositeOperation = 'source-over';
}
