// What is painted over a face: mask, sketch, semantic map, colours, guide. All cover the whole photo.

import { newCanvas } from './pictures.js';
import { png } from './png.js';
import { settings, state } from './state.js';

export const KINDS = ['guide', 'color', 'semantic', 'sketch', 'mask']; // from the bottom up
const LONGEST = 2048;
const sets = new Map(); // number of a face -> Map of layers
const hidden = new Set();
let resting = false; // the result is looked at: what was painted is not drawn until the next touch

export class Layer {
  constructor(name, width, height) {
    Object.assign(this, newCanvas(width, height, { willReadFrequently: true }));
    Object.assign(this, { name, version: 0, empty: true, touched: false, upload: null, sentVersion: -1 });
  }

  get width() {
    return this.canvas.width;
  }

  get height() {
    return this.canvas.height;
  }

  // Layer pixels per photo pixel.
  get scale() {
    return this.canvas.width / state.session.photo.width;
  }

  changed(touched = true) {
    this.version += 1;
    this.empty = false;
    this.touched ||= touched;
  }

  wipe() {
    this.context.clearRect(0, 0, this.width, this.height);
    Object.assign(this, { version: this.version + 1, empty: true, touched: false });
  }
}

export function layerSize() {
  const { width, height } = state.session.photo;
  const share = Math.min(1, LONGEST / Math.max(width, height));
  return { width: Math.round(width * share), height: Math.max(1, Math.round(height * share)) };
}

export function layerOf(name, face = state.face) {
  if (!sets.has(face)) sets.set(face, new Map());
  const set = sets.get(face);
  if (!set.has(name)) {
    const { width, height } = layerSize();
    set.set(name, new Layer(name, width, height));
  }
  return set.get(name);
}

export function existing(name, face = state.face) {
  return sets.get(face)?.get(name) ?? null;
}

export function allLayers() {
  return [...sets].flatMap(([face, set]) => [...set.values()].map((layer) => ({ face, layer })));
}

export function forgetLayers() {
  sets.clear();
}

export function isShown(name) {
  return !hidden.has(name);
}

export function show(name, on) {
  if (on) hidden.delete(name);
  else hidden.add(name);
}

// Hides what was painted, so that the result is seen; gives whether anything changed.
export function rest(on) {
  const changed = resting !== on;
  resting = on;
  return changed;
}

export function layersToShow() {
  const painting = state.task === 'paint' || state.task === 'heal';
  if (!painting || resting) return [];
  const names = state.task === 'heal' ? ['mask'] : KINDS;
  return names.map((name) => existing(name)).filter((layer) => layer && !layer.empty && isShown(layer.name));
}

// The colour in which a brush draws on a layer.
export function inkOf(name) {
  if (name === 'mask') return settings.tint;
  if (name === 'sketch') return '#000';
  if (name === 'semantic') return state.catalog.classes.find((one) => one.label === state.label)?.color ?? '#fff';
  return state.ink;
}

export function retint() {
  for (const { layer } of allLayers()) {
    if (layer.name !== 'mask' || layer.empty) continue;
    layer.context.globalCompositeOperation = 'source-in';
    layer.context.fillStyle = settings.tint;
    layer.context.fillRect(0, 0, layer.width, layer.height);
    layer.context.globalCompositeOperation = 'source-over';
  }
}

// The alpha of a layer as bytes; also finds out whether anything is left on it.
export function alphaOf(layer) {
  const { data } = layer.context.getImageData(0, 0, layer.width, layer.height);
  const alpha = new Uint8Array(layer.width * layer.height);
  let most = 0;
  for (let i = 0; i < alpha.length; i++) {
    alpha[i] = data[4 * i + 3];
    if (alpha[i] > most) most = alpha[i];
  }
  layer.empty = most === 0;
  return alpha;
}

async function fileOf(layer) {
  if (layer.name === 'mask' || layer.name === 'automatic') return png(alphaOf(layer), layer.width, layer.height);
  if (layer.name === 'sketch') {
    const gray = alphaOf(layer).map((value) => 255 - value);
    return png(gray, layer.width, layer.height);
  }
  const { canvas, context } = reduced(layer);
  return png(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height, 4);
}

const SEEN = 2.5; // pixels that are sent for each pixel of the painter

// A coloured layer as large as the painter can see.
function reduced(layer) {
  const face = state.session.faces[state.face];
  if (layer.name === 'guide' || !face) return layer;
  const side = Math.hypot(face.quad[3][0] - face.quad[0][0], face.quad[3][1] - face.quad[0][1]);
  const across = Math.max(256, SEEN * state.catalog.editor.size);
  const width = Math.round((state.session.photo.width * across) / side);
  if (width >= layer.width) return layer;
  const { canvas, context } = newCanvas(width, Math.round((layer.height * width) / layer.width), { willReadFrequently: true });
  context.imageSmoothingEnabled = layer.name !== 'semantic';
  context.imageSmoothingQuality = 'high';
  context.drawImage(layer.canvas, 0, 0, canvas.width, canvas.height);
  return { canvas, context };
}

// A layer that the server does not have yet: it travels with the edit itself.
export class Unsent {
  constructor(layer, file, id) {
    Object.assign(this, { layer, file, id, version: layer.version });
  }

  arrived() {
    Object.assign(this.layer, { upload: this.id, sentVersion: this.version });
  }
}

// The server's name for a file: its SHA-256. Browsers tell it on loopback and over TLS only.
async function idOf(file) {
  if (!globalThis.crypto?.subtle) return '';
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return `${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}.png`;
}

// A layer as a field of an edit: {upload: id} where the server has it, an Unsent where not, null where nothing is painted.
export async function asField(layer) {
  if (!layer || layer.empty) return null;
  if (layer.sentVersion === layer.version) return { upload: layer.upload };
  const file = await fileOf(layer);
  return layer.empty ? null : new Unsent(layer, file, await idOf(file));
}

// The body of a request: JSON, or a form where layers are on their way.
export function bodyOf(fields) {
  const unsent = Object.entries(fields).filter(([, value]) => value instanceof Unsent);
  if (!unsent.length) return { json: fields };
  const form = new FormData();
  form.set('edit', JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([, value]) => !(value instanceof Unsent)))));
  for (const [name, { file }] of unsent) form.set(name, file, `${name}.png`);
  return { body: form };
}

// The same fields after the server has had them.
export function arrived(fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => {
    if (!(value instanceof Unsent) || !value.id) return [name, value];
    value.arrived();
    return [name, { upload: value.id }];
  }));
}

// The painted layers of a face, as fields of an edit.
export async function paintedWish() {
  const names = KINDS.filter((name) => name !== 'mask' && isShown(name));
  const layers = names.map((name) => existing(name)).filter((layer) => layer && layer.touched && !layer.empty);
  const mask = existing('mask');
  const area = mask && !mask.empty ? mask : existing('automatic');
  const values = await Promise.all([...layers, area].map(asField));
  const wish = {};
  layers.forEach((layer, i) => values[i] && (wish[layer.name] = values[i]));
  if (values.at(-1)) wish.mask = values.at(-1);
  return withPhoto(wish);
}

// Lines or colours that are not painted are the photo's; else the painter makes up what lies under the others.
function withPhoto(wish) {
  if (wish.color && !wish.sketch && !wish.semantic) wish.sketch = 'self';
  if (!wish.color && (wish.sketch || wish.semantic)) wish.color = 'self';
  return wish;
}
