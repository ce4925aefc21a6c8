// Clicks: a part of the face is chosen, filled, or its colour taken.

import { dyeOf, hoverPart, loadLabels, loanOf, partAt } from '../parts.js';
import { loadMatte } from '../preview/preview.js';
import { groupOf } from '../edits.js';
import { known } from '../pictures.js';
import { grab } from '../screen.js';
import { settings, state, update } from '../state.js';
import { applyPaint } from './apply.js';
import { fillPart } from './fill.js';
import { chooseFace } from '../session.js';

function faceAt([x, y]) {
  const hit = ({ box: [x0, y0, x1, y1] }) => x >= x0 && x < x1 && y >= y0 && y < y1;
  return state.session.faces.find(hit) ?? null;
}

// A click on another face goes over to it.
async function over(point) {
  const face = faceAt(point);
  if (face && face.number !== state.face) chooseFace(face.number);
  if (!state.session.faces.length) return '';
  await loadLabels();
  return partAt({ x: point[0], y: point[1] });
}

export async function chooseRegion(region) {
  update({ region, task: 'color', tool: state.task === 'color' ? state.tool : 'pick' });
  if (state.session?.faces.length) await loadMatte(groupOf('color').base, region).catch(() => {});
}

async function choose(point) {
  const part = await over(point);
  if (!part) return;
  hoverPart(part);
  if (state.task === 'part') {
    const loan = loanOf(part);
    if (state.catalog.parts.includes(loan)) update({ part: loan });
  } else if (state.catalog.dyes.includes(dyeOf(part))) await chooseRegion(dyeOf(part));
}

function hover([x, y]) {
  hoverPart(partAt({ x, y }));
}

export const pick = { down: choose, hover };

export const fill = {
  async down(point, event) {
    const part = await over(point);
    if (!part) return;
    const entry = await fillPart(part, event.altKey || event.erasing);
    if (entry && settings.automatic && state.task !== 'heal') applyPaint(entry);
  },
  hover,
};

export const eyedropper = {
  down([x, y]) {
    const box = [Math.floor(x), Math.floor(y), Math.floor(x) + 1, Math.floor(y) + 1];
    const { data } = grab(known(state.tree.head), box, 1, 1);
    const ink = `#${[...data.slice(0, 3)].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
    update({ ink, tool: state.toolBefore ?? 'brush', toolBefore: null });
    if (state.task === 'color') import('../wishes.js').then(({ dyeWith }) => dyeWith(ink));
  },
};
