// Live drawing: a face at every stroke. Starts the page draw.html.

import { language, t, told } from '../i18n.js';
import { settings } from '../state.js';
import { listenToPen, paint } from './canvas.js';
import { faces } from './face.js';
import { Strokes } from './strokes.js';

const at = (id) => document.querySelector(`#${id}`);
const [paper, face, seed, text, width] = ['paper', 'face', 'seed', 'text', 'width'].map(at);
const strokes = new Strokes();
const lines = paper.getContext('2d');

function dress() {
  const dark = settings.theme ? settings.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  paper.setAttribute('aria-label', t('paper'));
  face.setAttribute('aria-label', t('drawnFace'));
}

function show(picture) {
  const context = face.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, face.width, face.height);
}

function tell(error) {
  at('told').textContent = !error ? '' : error.code === 'offline' ? t('offline') : told(error.message).text;
}

const ask = faces(() => ({ strokes: strokes.list, seed: Number(seed.value) || 0, text: text.value }), show, tell);

function changed() {
  paint(lines, strokes.list);
  at('undo').disabled = !strokes.canUndo;
  at('redo').disabled = !strokes.canRedo;
  at('clear').disabled = !strokes.list.length;
  ask();
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const doing = (action) => () => { action(); changed(); };
const undo = doing(() => strokes.undo());
const redo = doing(() => strokes.redo());
const clear = doing(() => strokes.clear());
const another = doing(() => { seed.value = (Number(seed.value) + 1) % 2 ** 32; });
const wider = (factor) => () => { width.value = Math.round(Number(width.value) * factor); };

const KEYS = { Delete: clear, Backspace: clear, n: another, '[': wider(0.8), ']': wider(1.25) };

function keyed(event) {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey || (event.target.tagName === 'INPUT' && event.target.type !== 'range')) return;
  const action = command ? { z: event.shiftKey ? redo : undo, y: redo }[key] : KEYS[key];
  if (!action) return;
  event.preventDefault();
  action();
}

dress();
listenToPen(paper, strokes, () => Number(width.value) / paper.width, changed);
for (const [id, action] of Object.entries({ undo, redo, clear, another })) at(id).addEventListener('click', action);
for (const input of [seed, text]) input.addEventListener('input', ask);
at('save').addEventListener('click', () => face.toBlob((blob) => save(blob, 'face.png')));
at('lines').addEventListener('click', () => save(new Blob([strokes.svg()], { type: 'image/svg+xml' }), 'drawing.svg'));
window.addEventListener('keydown', keyed);
changed();
