// Opens photos and projects, keeps what is painted in the browser, and opens it again after a reload.

import * as store from '../vendor/idb-keyval.js';
import { call, here, image, typeOf } from './api.js';
import { forgetHistory } from './history.js';
import { t } from './i18n.js';
import { KINDS, allLayers, existing, forgetLayers, layerOf } from './layers.js';
import { forgetParts, loadLabels } from './parts.js';
import { forgetPictures, pictureFrom, pictureOf, previewSize, seekDetail } from './pictures.js';
import { forgetPreviews, loadField, loadMatte } from './preview/preview.js';
import { draw } from './screen.js';
import { options, state, update } from './state.js';
import { fit } from './view.js';

const LAST = 'mien-last';
const RECENT = 'mien-recent';
let timer = 0;
let saving = false;
const saved = new Map(); // key of a layer -> version that is stored

export async function openFile(file) {
  if (/\.(mien|zip)$/i.test(file.name ?? '')) return open('/api/projects', file, 'application/zip', file.name);
  return open('/api/sessions', file, typeOf(file), file.name ?? 'photo.png');
}

export async function openSample(sample) {
  update({ loading: true });
  try {
    const blob = await call(sample.picture, { as: 'blob' });
    const file = new File([blob], `sample-${sample.name}.webp`, { type: blob.type });
    await openFile(file);
  } catch (error) {
    update({ problem: error.message, loading: false });
  }
}

// The same edits on another photo.
export async function replayOn(file) {
  return open(`/api/sessions/${state.session.id}/replay`, file, typeOf(file), file.name);
}

async function open(path, file, type, name) {
  update({ loading: true, problem: '', notice: '' });
  try {
    const headers = { 'X-Mien-Name': encodeURIComponent(name ?? '') };
    if (path.endsWith('/replay')) headers['X-Mien-Key'] = state.session.key;
    const session = await call(path, { method: 'POST', body: file, type, headers });
    await begin(session, type.startsWith('image/') && !path.endsWith('/replay') ? file : null);
    remember();
  } catch (error) {
    update({ loading: false, problem: error.code === 'offline' ? t('offline') : error.message });
  }
}

async function begin(session, file) {
  for (const forget of [forgetPictures, forgetParts, forgetPreviews, forgetLayers, forgetHistory]) forget();
  saved.clear();
  Object.assign(options, { seed: 0, count: 1, strength: 1, identity: 0, protect: [], skinTone: false, weights: {} });
  const { tree, ...rest } = session;
  update({
    session: rest, tree, face: 0, loading: false, result: null, candidates: null, changing: null, trial: null,
    exemplar: null, drift: null, receipt: null, compare: { hold: false, slider: false, at: 0.5 },
    notice: rest.faces.length ? '' : t('noFace'), ...(rest.faces.length ? {} : { task: 'heal', tool: 'brush', layer: 'mask' }),
  });
  document.title = `${rest.photo.name} – mien`;
  fit();
  if (file) await early(file);
  await pictureOf(0);
  if (tree.head !== 0) await pictureOf(tree.head);
  draw('photo', 'paint', 'marks');
  seekDetail();
  prepare();
}

// Shows the file itself until the server's picture is there; not all formats can be shown.
async function early(file) {
  try {
    const { width, height } = previewSize();
    const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' });
    pictureFrom(0, bitmap, width, height);
    draw('photo');
    forgetPictures();
  } catch {
    // The server's picture follows.
  }
}

// What a click will need is fetched before it comes.
async function prepare() {
  if (!state.session.faces.length) return;
  const { id } = state.session;
  try {
    await loadLabels();
    draw('marks');
    if (state.session?.id === id) await loadField();
    if (state.session?.id === id && state.task === 'color') await loadMatte(state.tree.head, state.region);
  } catch (error) {
    console.warn(error.message);
  }
}

export function chooseFace(number) {
  if (number === state.face) return;
  forgetTrial();
  update({ face: number, hovered: '', exemplar: null });
  draw('photo', 'paint', 'marks');
  prepare();
}

function forgetTrial() {
  if (state.trial) update({ trial: null });
}

export function closeSession() {
  update({ session: null, tree: { head: 0, tip: 0, steps: [] }, result: null, candidates: null, problem: '', notice: '' });
  for (const forget of [forgetPictures, forgetParts, forgetPreviews, forgetLayers, forgetHistory]) forget();
  store.del(LAST).catch(() => {});
  document.title = 'mien';
  draw('photo', 'paint', 'marks');
}

function remember() {
  const { id, key, photo, expires } = state.session;
  const entry = { id, key, name: photo.name, expires };
  store.set(LAST, entry).catch(() => {});
  store.update(RECENT, (list = []) => [entry, ...list.filter((one) => one.id !== id)].slice(0, 6)).catch(() => {});
}

export async function recent() {
  const list = (await store.get(RECENT).catch(() => [])) ?? [];
  return list.filter((one) => new Date(one.expires) > new Date());
}

export async function reopen(entry) {
  update({ loading: true });
  try {
    const headers = { 'X-Mien-Key': entry.key };
    const session = await call(`/api/sessions/${entry.id}`, { headers });
    await begin({ ...session, id: entry.id, key: entry.key }, null);
    await restoreLayers();
    remember();
  } catch {
    update({ loading: false, notice: t('gone') });
    store.update(RECENT, (list = []) => list.filter((one) => one.id !== entry.id)).catch(() => {});
    store.del(LAST).catch(() => {});
  }
}

export async function restore() {
  const entry = await store.get(LAST).catch(() => null);
  if (entry) await reopen(entry);
}

const keyOf = (face, name) => `layer/${state.session.id}/${face}/${name}`;

// A second after the last change, layers that changed are stored as PNG.
export function autosave() {
  clearTimeout(timer);
  timer = setTimeout(saveLayers, 1000);
}

async function saveLayers() {
  if (!state.session) return;
  saving = true;
  await saveChanged();
  saving = false;
}

async function saveChanged() {
  for (const { face, layer } of allLayers()) {
    const key = keyOf(face, layer.name);
    if (saved.get(key) === layer.version) continue;
    saved.set(key, layer.version);
    if (layer.empty) await store.del(key).catch(() => {});
    else {
      const blob = await new Promise((done) => layer.canvas.toBlob(done, 'image/png'));
      await store.set(key, { blob, touched: layer.touched }).catch(() => {});
    }
  }
}

export function allSaved() {
  return allLayers().every(({ face, layer }) => saved.get(keyOf(face, layer.name)) === layer.version) && !saving;
}

async function restoreLayers() {
  for (const face of state.session.faces) {
    for (const name of [...KINDS, 'automatic']) {
      const found = await store.get(keyOf(face.number, name)).catch(() => null);
      if (!found) continue;
      const layer = layerOf(name, face.number);
      layer.context.drawImage(await image(found.blob), 0, 0);
      layer.changed(found.touched);
      saved.set(keyOf(face.number, name), layer.version);
    }
  }
  draw('paint');
}

// A picture whose look or parts are borrowed.
export async function setExemplar(file) {
  try {
    const { id } = await here('/uploads', { body: file, type: typeOf(file) });
    update({ exemplar: { upload: id, name: file.name ?? '', url: URL.createObjectURL(file) }, task: 'part', tool: 'pick' });
  } catch (error) {
    update({ problem: error.message });
  }
}

// A picture whose pixels are to be there: drawn into the guide, where it can be erased.
export async function setGuide(file) {
  const layer = layerOf('guide');
  layer.context.drawImage(await createImageBitmap(file), 0, 0, layer.width, layer.height);
  layer.changed();
  draw('paint');
  autosave();
}

export const hasPaint = () => KINDS.some((name) => existing(name) && !existing(name).empty);
