// Makes what was painted: heals under the mask, or paints with the layers.

import { run } from '../edits.js';
import { asField, existing, paintedWish, rest } from '../layers.js';
import { draw } from '../screen.js';
import { state, update } from '../state.js';
import { t } from '../i18n.js';

export function applyPaint(entry = null) {
  if (state.task === 'heal') return heal(entry);
  return paint(entry);
}

// The mask is used up: a healed spot needs none, and the next stroke is another spot.
async function heal(entry) {
  const mask = existing('mask');
  if (!mask || mask.empty) return nothing();
  const { version } = mask;
  const wish = async () => {
    const value = await asField(mask);
    return value && { mask: value, mode: 'heal' };
  };
  const answer = await run(wish, { kind: 'heal', entry, count: 1, group: { base: state.tree.head, recipe: {} } });
  if (!answer || mask.version !== version) return answer;
  mask.wipe();
  if (entry) entry.parts = entry.parts.filter((one) => one.name !== 'mask');
  draw('paint');
  return answer;
}

async function paint(entry) {
  let empty = false;
  const wish = async () => {
    const fields = await paintedWish();
    empty = Object.keys(fields).every((name) => name === 'mask');
    return empty ? null : fields;
  };
  const answer = await run(wish, { kind: 'paint', entry });
  if (answer && !state.candidates) {
    rest(true);
    draw('paint');
  }
  if (empty && !entry) nothing();
  return answer;
}

function nothing() {
  update({ notice: t('nothingPainted') });
}
