// What the browser shows before the server answers. `previewNow` is drawn in place of the photo.

import { here, imageHere, query, quiet } from '../api.js';
import { known, newCanvas, pictureOf, previewSize } from '../pictures.js';
import { draw, grab } from '../screen.js';
import { faceNow, options, state, update } from '../state.js';
import { view, visible } from '../view.js';
import { grayBytes } from '../parts.js';
import { dye, matteIn, matteOf } from './dye.js';
import { offsets, readField, warp } from './warp.js';

const SOON = 32; // milliseconds that a preview may take
let most = 420000; // pixels of a preview; fewer on slow computers
const fields = new Map();
const mattes = new Map();
const tables = new Map();
let shown = null; // {image, box} or {whole}
let source = null; // what a warp reads, kept while it stays the same
let turn = 0;

export const previewNow = () => shown;

export function forgetPreviews() {
  for (const map of [fields, mattes, tables]) map.clear();
  clearPreview();
}

export function clearPreview() {
  turn += 1;
  source = null;
  if (!shown && !state.trial) return;
  shown = null;
  update({ trial: null });
  draw('photo', 'marks');
}

export function showWhole(canvas) {
  shown = { whole: canvas };
  draw('photo');
}

function inside(a, b) {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
}

// Size of a preview of a box: that of the screen, or less where this were too many pixels.
function sizeOf(box) {
  const across = box[2] - box[0];
  const down = box[3] - box[1];
  const share = Math.min(view.scale * view.dpr, 2, Math.sqrt(most / Math.max(1, across * down)));
  return { width: Math.max(2, Math.round(across * share)), height: Math.max(2, Math.round(down * share)) };
}

// Measures a preview, and makes the next one smaller or larger.
function paced(name, began) {
  const { duration } = performance.measure(name, { start: began });
  most = Math.min(900000, Math.max(40000, most * Math.min(1.3, Math.max(0.5, SOON / duration))));
}

function put(pixels, box) {
  const { canvas, context } = newCanvas(pixels.width, pixels.height);
  context.putImageData(pixels, 0, 0);
  shown = { image: canvas, box };
  draw('photo', 'marks');
}

// Keeps what a request gives; forgets it where it failed.
function once(map, key, request) {
  if (!map.has(key)) {
    const promise = request();
    map.set(key, promise);
    promise.then((value) => map.set(key, value)).catch(() => map.delete(key));
  }
  return map.get(key);
}

export function fieldNow() {
  const field = fields.get(state.face);
  return field && !(field instanceof Promise) ? field : null;
}

export async function loadField() {
  const face = state.face;
  return once(fields, face, async () => readField(await here(`/faces/${face}/field?columns=64`)));
}

// Shows moved pixels of a step at once, if the field of the face is there; else when it is.
export function showWarp(step, strengths, drags) {
  const field = fieldNow();
  const picture = known(step);
  if (!field || !picture) {
    const mine = ++turn;
    Promise.all([loadField(), pictureOf(step)])
      .then(() => mine === turn && showWarp(step, strengths, drags))
      .catch((error) => quiet(error) || console.warn(error.message));
    return;
  }
  turn += 1;
  const began = performance.now();
  const box = inside(field.box, visible());
  if (box[2] - box[0] < 4 || box[3] - box[1] < 4) return;
  const { width, height } = sizeOf(box);
  const share = options.strength;
  const scaled = Object.fromEntries(Object.entries(strengths).map(([name, value]) => [name, value * share]));
  const sum = offsets(field, scaled, drags.map((drag) => weaker(drag, share)));
  put(warp(field, sum, sourceOf(picture, step, field, box, width / (box[2] - box[0])), box, width, height), box);
  paced('mien:warp', began);
}

const weaker = ([ax, ay, bx, by], share) => [ax, ay, ax + (bx - ax) * share, ay + (by - ay) * share];

function sourceOf(picture, step, field, box, density) {
  const margin = field.unit * 0.5;
  const { width, height } = state.session.photo;
  const wide = [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
  const around = inside(wide.map(Math.round), [0, 0, width, height]);
  const key = [step, ...around, density].join();
  if (source?.key === key) return source;
  const size = [(around[2] - around[0]) * density, (around[3] - around[1]) * density];
  const pixels = grab(picture, around, Math.max(2, Math.round(size[0])), Math.max(2, Math.round(size[1])));
  source = { key, box: around, data: pixels.data, width: pixels.width, height: pixels.height };
  return source;
}

export async function loadMatte(step, region) {
  const face = state.face;
  const { width, height } = previewSize();
  return once(mattes, [step, face, region].join(), async () => {
    const image = await imageHere(`/faces/${face}/matte`, { region, width, step });
    return matteOf(grayBytes(image, width, height), width, height);
  });
}

async function loadTable(step, region, color) {
  const face = state.face;
  const path = `/faces/${face}/dye?${query({ region, color, step })}`;
  return once(tables, [step, face, region, color].join(), () => here(path, { as: 'bytes' }));
}

// Shows a region of a step in another colour.
export async function showDye(step, region, color) {
  const mine = ++turn;
  if (!faceNow()) return;
  const parts = [loadMatte(step, region), loadTable(step, region, color), pictureOf(step)];
  const [matte, table, picture] = await Promise.all(parts);
  if (mine !== turn) return;
  const began = performance.now();
  const { photo } = state.session;
  const share = photo.width / matte.width;
  const box = inside(matte.box.map((value) => Math.round(value * share)), visible());
  if (box[2] - box[0] < 2 || box[3] - box[1] < 2) return;
  const { width, height } = sizeOf(box);
  const pixels = grab(picture, box, width, height);
  put(dye(pixels, matteIn(matte, box, photo, width, height), table, options.strength), box);
  paced('mien:dye', began);
}

