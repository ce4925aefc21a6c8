// Where the photo lies on the screen: screen = photo * scale + (x, y), in CSS pixels.

import { state, update } from './state.js';

export const view = { scale: 1, x: 0, y: 0, width: 1, height: 1, dpr: 1 };
export const LEAST = 0.02;
export const MOST = 20;

const listeners = new Set();

export function onView(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  for (const listener of listeners) listener();
  if (Math.round(view.scale * 100) !== Math.round(state.zoom * 100)) update({ zoom: view.scale });
}

export function resize(width, height) {
  const middle = toPhoto(view.width / 2, view.height / 2);
  Object.assign(view, { width, height, dpr: Math.min(2, window.devicePixelRatio || 1) });
  if (view.fitted) fit();
  else centre(middle.x, middle.y);
}

export const toPhoto = (x, y) => ({ x: (x - view.x) / view.scale, y: (y - view.y) / view.scale });
export const toScreen = (x, y) => ({ x: x * view.scale + view.x, y: y * view.scale + view.y });

export function fit(box = null, share = 1) {
  const photo = state.session?.photo;
  if (!photo) return;
  const [x0, y0, x1, y1] = box ?? [0, 0, photo.width, photo.height];
  const margin = box ? 0 : Math.min(24, view.width * 0.03);
  const across = (view.width - 2 * margin) / (x1 - x0);
  const down = (view.height - 2 * margin) / (y1 - y0);
  view.scale = clamp(Math.min(across, down) * share);
  view.fitted = !box;
  centre((x0 + x1) / 2, (y0 + y1) / 2);
}

const clamp = (scale) => Math.min(MOST, Math.max(LEAST, scale));

function centre(x, y) {
  view.x = view.width / 2 - x * view.scale;
  view.y = view.height / 2 - y * view.scale;
  changed();
}

// The point of the photo below (x, y) stays where it is.
export function zoomAt(factor, x = view.width / 2, y = view.height / 2) {
  const scale = clamp(view.scale * factor);
  const kept = scale / view.scale;
  Object.assign(view, { scale, x: x - (x - view.x) * kept, y: y - (y - view.y) * kept, fitted: false });
  bound();
  changed();
}

export function zoomTo(scale) {
  zoomAt(scale / view.scale);
}

export function pan(dx, dy) {
  view.x += dx;
  view.y += dy;
  view.fitted = false;
  bound();
  changed();
}

// Some of the photo always stays on the screen.
function bound() {
  const photo = state.session?.photo;
  if (!photo) return;
  const rest = 80;
  view.x = Math.min(view.width - rest, Math.max(rest - photo.width * view.scale, view.x));
  view.y = Math.min(view.height - rest, Math.max(rest - photo.height * view.scale, view.y));
}

// The part of the photo that is on the screen, in whole pixels.
export function visible() {
  const { width, height } = state.session.photo;
  const first = toPhoto(0, 0);
  const last = toPhoto(view.width, view.height);
  return [
    Math.max(0, Math.floor(first.x)), Math.max(0, Math.floor(first.y)),
    Math.min(width, Math.ceil(last.x)), Math.min(height, Math.ceil(last.y)),
  ];
}
