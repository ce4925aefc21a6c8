// Whole parts and whole layers at once: fill a part, invert, grow, shrink, clear, extract.

import { imageHere } from '../api.js';
import { record } from '../history.js';
import { KINDS, inkOf, layerOf, layerSize, show } from '../layers.js';
import { newCanvas } from '../pictures.js';
import { draw } from '../screen.js';
import { state, update } from '../state.js';
import { change } from './stroke.js';
import { t } from '../i18n.js';

const REGIONS = { neck: 'neck', mouth: 'inner_mouth', skin: 'skin' };

const whole = () => [0, 0, state.session.photo.width, state.session.photo.height];

// A part of the face as a coloured canvas, as large as a layer.
async function partCanvas(part, color) {
  const { width, height } = layerSize();
  const image = await imageHere(`/faces/${state.face}/mask`, { region: REGIONS[part] ?? part, width });
  const { canvas, context } = newCanvas(width, height, { willReadFrequently: true });
  context.drawImage(image, 0, 0, width, height);
  return asAlpha(canvas, context, color, (value) => value);
}

// A gray picture becomes a colour whose alpha is what `alpha` makes of the gray.
function asAlpha(canvas, context, color, alpha) {
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const [r, g, b] = rgb(color);
  for (let i = 0; i < pixels.data.length; i += 4) {
    const value = alpha(pixels.data[i]);
    pixels.data[i] = r;
    pixels.data[i + 1] = g;
    pixels.data[i + 2] = b;
    pixels.data[i + 3] = value;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function rgb(color) {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

export async function fillPart(part, erase = false, name = state.task === 'heal' ? 'mask' : state.layer) {
  update({ busy: 'fill' });
  try {
    const canvas = await partCanvas(part, inkOf(name));
    update({ busy: '' });
    const stamp = (context) => {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalCompositeOperation = erase ? 'destination-out' : 'source-over';
      context.drawImage(canvas, 0, 0);
    };
    const parts = [change(layerOf(name), whole(), stamp)];
    if (name !== 'mask') parts.push(change(layerOf('automatic'), whole(), stamp));
    draw('paint');
    return record(parts.filter(Boolean));
  } catch (error) {
    update({ busy: '', problem: error.message });
    return null;
  }
}

function changeMask(paint) {
  const part = change(layerOf('mask'), whole(), paint);
  draw('paint');
  return record([part]);
}

export function invertMask() {
  return changeMask((context) => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = 'source-out';
    context.fillStyle = inkOf('mask');
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  });
}

// Draws the mask in a circle around itself.
function widen(context, radius) {
  const { width, height } = context.canvas;
  const { canvas, context: copy } = newCanvas(width, height);
  copy.drawImage(context.canvas, 0, 0);
  for (let step = 0; step < 24; step++) {
    const angle = (step * Math.PI) / 12;
    context.drawImage(canvas, radius * Math.cos(angle), radius * Math.sin(angle));
  }
}

export function growMask(share) {
  const unit = state.session.faces[state.face]?.unit ?? state.session.photo.width / 8;
  return changeMask((context) => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    const radius = Math.max(1, Math.abs(share) * unit * layerOf('mask').scale);
    if (share > 0) return widen(context, radius);
    const { canvas, context: rest } = newCanvas(context.canvas.width, context.canvas.height);
    rest.fillRect(0, 0, canvas.width, canvas.height);
    rest.globalCompositeOperation = 'destination-out';
    rest.drawImage(context.canvas, 0, 0);
    rest.globalCompositeOperation = 'source-over';
    widen(rest, radius);
    context.globalCompositeOperation = 'destination-out';
    context.drawImage(canvas, 0, 0);
    return null;
  });
}

export function clearLayer(name) {
  const layer = layerOf(name);
  const parts = [change(layer, whole(), (context) => context.clearRect(...whole()))];
  layer.wipe();
  if (name !== 'mask') {
    const painted = KINDS.some((kind) => kind !== 'mask' && !layerOf(kind).empty && layerOf(kind).touched);
    if (!painted) layerOf('automatic').wipe();
  }
  draw('paint');
  return record(parts);
}

// Fills the sketch, the semantic map and the colours with what the photo shows, to paint from there.
export async function extract() {
  update({ busy: 'extract' });
  try {
    const { width } = layerSize();
    const names = ['sketch', 'semantic', 'color'];
    const images = await Promise.all(names.map((name) =>
      imageHere(`/faces/${state.face}/layers/${name}`, { frame: 'photo', width, side: 512 })));
    const parts = names.map((name, i) => lay(name, images[i]));
    for (const name of ['semantic', 'color']) show(name, state.layer === name);
    draw('paint');
    update({ busy: '', notice: t('extracted') });
    record(parts.filter(Boolean));
  } catch (error) {
    update({ busy: '', problem: error.message });
  }
}

function lay(name, image) {
  const layer = layerOf(name);
  const part = change(layer, whole(), (context) => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, layer.width, layer.height);
    context.imageSmoothingEnabled = name !== 'semantic';
    context.drawImage(image, 0, 0, layer.width, layer.height);
    if (name === 'sketch') asAlpha(layer.canvas, layer.context, '#000', (value) => 255 - value);
  }, false);
  layer.touched = false;
  return part;
}
