// What the page knows. `update` merges changes and redraws the panels once per turn.

export const state = {
  catalog: null,
  samples: [],
  session: null, // {id, key, photo, faces, expires}
  tree: { head: 0, tip: 0, steps: [] },
  face: 0,
  task: 'color',
  tool: 'pick',
  region: 'hair', // the part that a dye is for
  part: 'mouth', // the part that is borrowed
  hovered: '', // the part under the pointer
  trial: null, // wish that is previewed in the browser only: {dye} or {reshape, drag}
  changing: null, // number of a step that is changed, with later ones made again
  layer: 'mask',
  label: 17, // class that the brush paints in the semantic layer
  ink: '#7a4a2f', // colour that the brush paints in the colour layer
  exemplar: null, // {upload, name, url}
  text: '',
  reading: null,
  result: null,
  candidates: null, // {list, wish, at}
  busy: '',
  problem: '',
  notice: '',
  compare: { hold: false, slider: false, at: 0.5 },
  dialog: '',
  dropping: false,
  loading: false,
  drift: null,
  receipt: null,
  undoable: 0,
  redoable: 0,
  zoom: 1,
};

const KEPT = 'mien-settings';

export const settings = {
  lang: '',
  theme: '',
  automatic: true,
  tint: '#ff4d5e',
  sizes: {},
  hardness: 1,
  smoothing: 0.4,
  opacity: { mask: 0.5, sketch: 0.9, semantic: 0.55, color: 0.8, guide: 1 },
  ...stored(),
};

// What every edit takes into account. Not kept from one visit to the next.
export const options = {
  seed: 0, count: 1, strength: 1, identity: 0, protect: [], skinTone: false, harmonise: true, weights: {},
};

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) || '{}');
  } catch {
    return {};
  }
}

export function keepSettings(changes = {}) {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEPT, JSON.stringify(settings));
  } catch {
    // Private windows may refuse; the settings then last as long as the page.
  }
  update({});
}

const listeners = new Set();
let waiting = false;

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function update(changes) {
  Object.assign(state, changes);
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    for (const listener of listeners) listener(state);
  });
}

export function faceNow() {
  return state.session?.faces[state.face] ?? null;
}

export function stepOf(number) {
  return state.tree.steps.find((step) => step.number === number) ?? null;
}

// The steps from the photo to `number`, without step 0.
export function pathTo(number) {
  const path = [];
  for (let step = stepOf(number); step && step.number !== 0; step = stepOf(step.parent)) path.unshift(step);
  return path;
}
