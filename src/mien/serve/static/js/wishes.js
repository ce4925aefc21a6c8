// What the panels ask for: a dye, a borrowed part, a sentence, attributes.

import { call, here } from './api.js';
import { groupOf, run, visit } from './edits.js';
import { loadMatte, showDye, clearPreview } from './preview/preview.js';
import { options, state, update } from './state.js';
import { t } from './i18n.js';

let timer = 0; // a colour that is only passed by is not asked for

// Shows a colour without asking for it.
export function tryDye(color, region = state.region) {
  clearTimeout(timer);
  if (state.busy || state.candidates || !state.session?.faces.length) return;
  const { base } = groupOf('color');
  timer = setTimeout(() => showDye(base, region, color).catch(() => {}), 40);
}

export function leaveDye() {
  clearTimeout(timer);
  if (!state.busy && !state.candidates) clearPreview();
}

export async function dyeWith(color, region = state.region) {
  const { base, recipe } = groupOf('color');
  clearTimeout(timer);
  showDye(base, region, color).catch(() => {});
  return run({ dye: { ...recipe.dye, [region]: color } }, { kind: 'color', count: 1 });
}

// Takes a dye back.
export async function undye(region = state.region) {
  const { base, recipe } = groupOf('color');
  const { [region]: gone, ...rest } = recipe.dye ?? {};
  if (!gone) return null;
  return Object.keys(rest).length ? run({ dye: rest }, { kind: 'color', count: 1 }) : visit(base);
}

export function dyeNow() {
  return groupOf('color').recipe.dye ?? {};
}

export async function borrow(count = options.count) {
  const wish = { part: state.part };
  if (state.exemplar) wish.exemplar = { upload: state.exemplar.upload };
  return run(wish, { kind: 'part', count: state.exemplar ? 1 : count });
}

// The look of the exemplar's whole face, painted in the mask.
export async function borrowLook() {
  return run({ exemplar: { upload: state.exemplar.upload }, mask: 'face', mode: 'look' }, { kind: 'paint' });
}

export async function readWords(text) {
  update({ text });
  if (!text.trim()) return update({ reading: null });
  try {
    const reading = await call('/api/read', { json: { text } });
    if (state.text === text) update({ reading });
  } catch (error) {
    update({ problem: error.message });
  }
  return null;
}

export async function sayWords() {
  const text = state.text.trim();
  if (!text) return update({ notice: t('noWords') });
  return run({ text }, { kind: 'words' });
}

const withValue = ({ attributes }, name, value) => {
  const { [name]: gone, ...rest } = attributes ?? {};
  return value ? { ...rest, [name]: value } : rest;
};

// A look of the photo's own pixels, such as age.
export async function changeLook(name, value) {
  const { base, recipe } = groupOf('look');
  const attributes = withValue(recipe, name, value);
  return Object.keys(attributes).length ? run({ attributes }, { kind: 'look', count: 1 }) : visit(base);
}

// An attribute that is painted.
export async function paintAttribute(name, value) {
  const { recipe } = groupOf('paint');
  const attributes = withValue(recipe, name, value);
  return run({ attributes, mode: 'look', mask: recipe.mask ?? 'face' }, { kind: 'paint' });
}

export async function measureDrift() {
  try {
    update({ drift: await here('/drift') });
  } catch (error) {
    update({ problem: error.message });
  }
}

export async function prefetch(region) {
  if (state.session?.faces.length) await loadMatte(groupOf('color').base, region).catch(() => {});
}
