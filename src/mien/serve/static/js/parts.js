// What lies under the pointer: labels of the face's parts, and which tool uses which name for them.

import { imageHere, quiet } from './api.js';
import { draw } from './screen.js';
import { newCanvas } from './pictures.js';
import { state, update } from './state.js';

const WIDTH = 800;
const maps = new Map(); // "step,face" -> {labels, width, height} or a promise
const outlines = new Map();

// Names of classes that belong together, by what a click means.
const GROUPS = {
  hair: ['hair'], skin: ['skin'], lips: ['upper_lip', 'lower_lip'], mouth: ['mouth'], nose: ['nose'],
  brows: ['left_brow', 'right_brow'], eyes: ['left_eye', 'right_eye'], ears: ['left_ear', 'right_ear'],
  glasses: ['glasses'], hat: ['hat'], clothes: ['cloth'], neck: ['neck'],
};
const DYES = { eyes: 'irises', mouth: 'teeth', neck: 'skin', ears: 'skin', nose: 'skin', glasses: '' };
const LOANS = { lips: 'mouth', mouth: 'teeth', skin: 'lower_face', glasses: '', neck: '', ears: '' };

export const dyeOf = (part) => DYES[part] ?? part;
export const loanOf = (part) => LOANS[part] ?? part;
export const partOfDye = (dye) => Object.keys(DYES).find((part) => DYES[part] === dye) ?? dye;

// The red samples of a picture, reduced to some size.
export function grayBytes(image, width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, alpha: false });
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]);
}

export function forgetParts() {
  maps.clear();
  outlines.clear();
}

// Labels are those of the photo itself: moves are small, and parsing again takes time.
export async function loadLabels(face = state.face) {
  if (maps.has(face)) return maps.get(face);
  const { photo } = state.session;
  const width = Math.min(WIDTH, photo.width);
  const height = Math.max(1, Math.round((photo.height * width) / photo.width));
  const loading = imageHere(`/faces/${face}/labels`, { frame: 'photo', width, step: 0 })
    .then((image) => ({ labels: grayBytes(image, width, height), width, height }));
  maps.set(face, loading);
  try {
    maps.set(face, await loading);
  } catch (error) {
    maps.delete(face);
    if (!quiet(error)) throw error;
  }
  return maps.get(face);
}

export function partAt({ x, y }, face = state.face) {
  const map = maps.get(face);
  if (!map || map instanceof Promise) return '';
  const share = map.width / state.session.photo.width;
  const column = Math.floor(x * share);
  const row = Math.floor(y * share);
  if (column < 0 || row < 0 || column >= map.width || row >= map.height) return '';
  const label = map.labels[row * map.width + column];
  const name = state.catalog.classes.find((one) => one.label === label)?.name;
  return Object.keys(GROUPS).find((part) => GROUPS[part].includes(name)) ?? '';
}

// A canvas that shows where a part is; null until its labels are there.
export function outlineOf(part, face = state.face) {
  const map = maps.get(face);
  if (!map || map instanceof Promise || !GROUPS[part]) return null;
  const key = `${face},${part}`;
  if (!outlines.has(key)) outlines.set(key, tinted(map, labelsOf(part)));
  return outlines.get(key);
}

function labelsOf(part) {
  return state.catalog.classes.filter((one) => GROUPS[part].includes(one.name)).map((one) => one.label);
}

// White inside; brighter along the rim, so that the shape is seen on any photo.
function tinted({ labels, width, height }, wanted) {
  const { canvas, context } = newCanvas(width, height);
  const pixels = context.createImageData(width, height);
  const inside = (i) => wanted.includes(labels[i]);
  for (let i = 0; i < labels.length; i++) {
    if (!inside(i)) continue;
    const rim = !(inside(i - 1) && inside(i + 1) && inside(i - width) && inside(i + width));
    pixels.data.set(rim ? [255, 255, 255, 235] : [255, 255, 255, 46], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

export function hoverPart(part) {
  if (part === state.hovered) return;
  update({ hovered: part });
  draw('marks');
}
