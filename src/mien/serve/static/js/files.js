// What is taken home: the photo, its receipt, the project, the recipe, the layers.

import { here, query } from './api.js';
import { KINDS, existing } from './layers.js';
import { state, update } from './state.js';
import { t } from './i18n.js';

const ENDINGS = { jpeg: 'jpg', tiff: 'tif' };

function give(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function stem() {
  return state.session.photo.name.replace(/\.[^.]*$/, '') || 'photo';
}

function nameOf(answer, format) {
  const given = /filename\*?=(?:UTF-8'')?"?([^";]+)/i.exec(answer.headers.get('Content-Disposition') ?? '');
  if (given) return decodeURIComponent(given[1]);
  const kind = format || (answer.headers.get('Content-Type') ?? 'image/png').split('/').pop();
  return `${stem()}-mien.${ENDINGS[kind] ?? kind}`;
}

// The server writes the file from the photo's samples; no canvas is between.
export async function download(format, quality) {
  update({ busy: 'download', problem: '' });
  try {
    const values = query({ step: state.tree.head, format: format || undefined, quality });
    const answer = await here(`/download?${values}`, { as: 'answer' });
    give(await answer.blob(), nameOf(answer, format));
    const preserved = answer.headers.get('X-Mien-Preserved') === 'true';
    update({ busy: '', notice: t(preserved ? 'savedPreserved' : 'savedLossy') });
    const receipt = await here(`/receipt?${values}`);
    update({ receipt });
  } catch (error) {
    update({ busy: '', problem: error.message });
  }
}

async function giveFile(path, name) {
  try {
    give(await here(path, { as: 'blob' }), name);
  } catch (error) {
    update({ problem: error.message });
  }
}

export const giveProject = () => giveFile('/project', `${stem()}.mien`);
export const giveRecipe = () => giveFile('/recipe?format=zip', `${stem()}-recipe.zip`);
export const giveReceipt = () => giveFile(`/receipt?step=${state.tree.head}`, `${stem()}-receipt.json`);

export async function giveLayers() {
  for (const name of KINDS) {
    const layer = existing(name);
    if (!layer || layer.empty) continue;
    give(await new Promise((done) => layer.canvas.toBlob(done, 'image/png')), `${stem()}-${name}.png`);
  }
}
