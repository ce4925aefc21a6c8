// Draws the stage: the photo, the layers, the ink of a stroke, and marks above all.

import { layersToShow } from './layers.js';
import { drawMarks, marked } from './marks.js';
import { detailOf, known, seekDetail, whenDetail } from './pictures.js';
import { previewNow } from './preview/preview.js';
import { settings, state } from './state.js';
import { onView, resize, view } from './view.js';

const NAMES = ['photo', 'paint', 'ink', 'marks'];
const contexts = {};
const dirty = new Set();
let frame = 0;

export function attach(stage) {
  for (const name of NAMES) {
    const canvas = stage.querySelector(`canvas.${name}`);
    contexts[name] = canvas.getContext('2d', { alpha: name !== 'photo' });
  }
  new ResizeObserver(() => {
    const { width, height } = stage.getBoundingClientRect();
    resize(width, height);
    for (const { canvas } of Object.values(contexts)) {
      canvas.width = Math.round(width * view.dpr);
      canvas.height = Math.round(height * view.dpr);
    }
    draw(...NAMES);
  }).observe(stage);
}

// Marks parts of the stage as out of date; they are drawn in the next frame.
export function draw(...names) {
  for (const name of names) dirty.add(name);
  frame ||= requestAnimationFrame(drawNow);
}

function drawNow() {
  frame = 0;
  const names = [...dirty];
  dirty.clear();
  if (!contexts.photo) return;
  for (const name of names) if (name !== 'ink') DRAW[name](contexts[name]);
}

export function inkContext() {
  return contexts.ink;
}

export function clear(context) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
}

// After this, a context draws in photo pixels.
export function inPhoto(context) {
  const share = view.scale * view.dpr;
  context.setTransform(share, 0, 0, share, view.x * view.dpr, view.y * view.dpr);
}

function drawPhoto(context) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--stage');
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  if (!state.session) return;
  inPhoto(context);
  const { hold, slider, at } = state.compare;
  drawStep(context, hold ? 0 : state.tree.head, !hold);
  if (!slider || hold) return;
  const { width, height } = state.session.photo;
  context.save();
  context.beginPath();
  context.rect(0, 0, width * at, height);
  context.clip();
  drawStep(context, 0, false);
  context.restore();
}

function drawStep(context, step, live) {
  const { width, height } = state.session.photo;
  const picture = known(step) ?? known(0);
  context.imageSmoothingEnabled = view.scale < 4;
  context.imageSmoothingQuality = 'medium';
  const preview = live ? previewNow() : null;
  const shown = preview?.whole ?? picture;
  if (shown) context.drawImage(shown, 0, 0, width, height);
  if (preview?.image) context.drawImage(preview.image, ...place(preview.box));
  const detail = preview ? null : detailOf(step);
  if (detail) context.drawImage(detail.image, ...place(detail.box));
}

const place = ([x0, y0, x1, y1]) => [x0, y0, x1 - x0, y1 - y0];

// Draws the layers again inside a box of the photo, at once.
export function drawPaintIn([x0, y0, x1, y1]) {
  const context = contexts.paint;
  inPhoto(context);
  context.save();
  context.beginPath();
  context.rect(x0, y0, x1 - x0, y1 - y0);
  context.clip();
  drawPaint(context);
  context.restore();
}

// Canvases with nothing on them are not shown: each one costs time in every frame.
export function reveal(context, on) {
  context.canvas.style.display = on ? '' : 'none';
  return on;
}

function drawPaint(context) {
  const layers = state.session && !state.compare.hold ? layersToShow() : [];
  if (!reveal(context, layers.length > 0)) return;
  clear(context);
  inPhoto(context);
  const { width, height } = state.session.photo;
  for (const layer of layers) {
    context.globalAlpha = settings.opacity[layer.name];
    context.imageSmoothingEnabled = layer.name !== 'semantic';
    context.drawImage(layer.canvas, 0, 0, width, height);
  }
  context.globalAlpha = 1;
}

function drawOver(context) {
  const on = state.session && !state.compare.hold && marked();
  if (!reveal(context, on)) return;
  clear(context);
  drawMarks(context);
}

const DRAW = { photo: drawPhoto, paint: drawPaint, marks: drawOver };

// The picture on the screen inside a box of the photo, as RGBA bytes.
export function grab(picture, box, width, height) {
  const scratch = new OffscreenCanvas(width, height);
  const context = scratch.getContext('2d', { alpha: false, willReadFrequently: true });
  const share = picture.width / state.session.photo.width;
  const from = box.map((value) => value * share);
  context.drawImage(picture, ...place(from), 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

onView(() => draw('photo', 'paint', 'marks'));
whenDetail(() => draw('photo'));

export function comparing(changes) {
  Object.assign(state.compare, changes);
  draw('photo', 'paint', 'marks');
  if ('hold' in changes) seekDetail();
}
