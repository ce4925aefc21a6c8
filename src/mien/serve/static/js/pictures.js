// The photo as the steps left it, at the width of the preview; and full-resolution details of what is on the screen.

import { imageHere, quiet } from './api.js';
import { state } from './state.js';
import { onView, view, visible } from './view.js';

const LONGEST = 1600; // pixels of a preview
const MOST = 7; // steps that are kept
const kept = new Map(); // step -> canvas
let detail = null; // {step, box, image}
let wanted = null; // AbortController of the detail that is being fetched
let timer = 0;
let redraw = () => {};

export function previewSize(photo = state.session.photo) {
  const share = Math.min(1, LONGEST / Math.max(photo.width, photo.height));
  return { width: Math.round(photo.width * share), height: Math.max(1, Math.round(photo.height * share)) };
}

// Width of a photo of which a draft is made: about as wide as the screen shows it, in steps, so that the server need not
// reduce it anew whenever somebody zooms.
export function draftWidth() {
  const { width } = previewSize();
  const wanted = state.session.photo.width * view.scale * view.dpr;
  return [0.5, 0.7].map((share) => Math.round(width * share)).find((one) => one >= wanted * 0.95) ?? width;
}

// Preview pixels per photo pixel.
export function previewScale() {
  return previewSize().width / state.session.photo.width;
}

export function newCanvas(width, height, settings = {}) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  return { canvas, context: canvas.getContext('2d', settings) };
}

export function forgetPictures() {
  kept.clear();
  detail = null;
}

export function keepPicture(step, canvas) {
  kept.delete(step);
  kept.set(step, canvas);
  for (const old of kept.keys()) {
    if (kept.size <= MOST) break;
    if (old !== 0 && old !== state.tree.head) kept.delete(old);
  }
}

export function known(step) {
  return kept.get(step) ?? null;
}

export async function pictureOf(step) {
  const found = kept.get(step);
  if (found) {
    keepPicture(step, found);
    return found;
  }
  const { width, height } = previewSize();
  const image = await imageHere('/photo', { step, width, format: 'webp' });
  return pictureFrom(step, image, width, height);
}

export function pictureFrom(step, image, width, height) {
  const { canvas, context } = newCanvas(width, height, { alpha: false });
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  keepPicture(step, canvas);
  return canvas;
}

// The picture of a parent with a patch over it: what the server's answer looks like.
export async function patched(parent, patch, image) {
  const under = await pictureOf(parent);
  const { canvas, context } = newCanvas(under.width, under.height, { alpha: false });
  context.drawImage(under, 0, 0);
  const share = under.width / state.session.photo.width;
  const [x0, y0, x1, y1] = patch.box.map((value) => value * share);
  context.drawImage(image, x0, y0, x1 - x0, y1 - y0);
  return canvas;
}

export function detailOf(step) {
  return detail && detail.step === step ? detail : null;
}

export function dropDetail() {
  detail = null;
  seekDetail();
}

export function whenDetail(listener) {
  redraw = listener;
}

// Asks for the pixels on the screen when the preview is too coarse for them, once the view rests.
function seekDetail() {
  clearTimeout(timer);
  wanted?.abort();
  if (!state.session || state.trial) return;
  const coarse = view.scale * view.dpr > previewScale() * 1.1;
  if (!coarse || previewScale() === 1) return;
  timer = setTimeout(fetchDetail, 180);
}

async function fetchDetail() {
  const box = visible();
  const step = state.compare.hold ? 0 : state.tree.head;
  const across = box[2] - box[0];
  if (across < 2 || box[3] - box[1] < 2) return;
  const width = Math.min(across, Math.ceil(across * view.scale * view.dpr));
  wanted = new AbortController();
  try {
    const image = await imageHere('/photo', { step, box: box.join(','), width, format: 'webp' }, wanted.signal);
    detail = { step, box, image };
    redraw();
  } catch (error) {
    if (!quiet(error)) console.warn(error.message);
  }
}

onView(seekDetail);
export { seekDetail };
