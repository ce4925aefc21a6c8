// Undo and redo, one stroke or one edit at a time. An entry holds what layers were and where the tree stood.

import { layerOf, rest } from './layers.js';
import { update } from './state.js';

const BYTES = 160e6; // of pixels that are kept
const done = [];
const undone = [];
let goTo = async () => {};
let refresh = () => {};
let stop = async () => {};

export function connect(handlers) {
  ({ goTo, refresh, stop } = handlers);
}

function counted() {
  update({ undoable: done.length, redoable: undone.length });
}

const bytesOf = (entry) => entry.parts.reduce((sum, part) => sum + 2 * part.before.data.length, 0);

// parts: [{face, name, x, y, before, after, touched}] with ImageData; head: {from, to} or null.
export function record(parts, head = null) {
  const entry = { parts, head };
  done.push(entry);
  undone.length = 0;
  let bytes = done.reduce((sum, one) => sum + bytesOf(one), 0);
  while (bytes > BYTES && done.length > 1) bytes -= bytesOf(done.shift());
  counted();
  return entry;
}

// An edit that a stroke started arrived: the two are undone together.
export function attachHead(entry, from, to) {
  if (entry) entry.head = { from: entry.head?.from ?? from, to };
}

export function forgetHistory() {
  done.length = 0;
  undone.length = 0;
  counted();
}

function restore(entry, which) {
  for (const part of entry.parts) {
    const layer = layerOf(part.name, part.face);
    layer.context.putImageData(part[which], part.x, part.y);
    layer.changed(part.touched);
  }
}

async function move(from, to, which, end) {
  const entry = from.pop();
  if (!entry) return false;
  to.push(entry);
  await stop();
  restore(entry, which);
  if (entry.parts.length) rest(false);
  refresh();
  counted();
  if (entry.head) await goTo(entry.head[end]);
  return true;
}

export const undo = () => move(done, undone, 'before', 'from');
export const redo = () => move(undone, done, 'after', 'to');
