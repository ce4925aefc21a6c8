// Starts the page.

import { html, render } from '../vendor/preact.js';
import { call } from './api.js';
import { connect } from './history.js';
import { cancel, goTo } from './edits.js';
import { t } from './i18n.js';
import { listenToKeys } from './keys.js';
import { listen, state, update } from './state.js';
import { draw } from './screen.js';
import { autosave, openFile, restore, setExemplar } from './session.js';
import { applyTheme } from './theme.js';
import { App } from './ui/app.js';

function show() {
  render(html`<${App} state=${state} />`, document.querySelector('#app'));
}

async function loadCatalog() {
  try {
    const [catalog, samples] = await Promise.all([call('/api/catalog'), call('/api/samples')]);
    update({ catalog, samples });
  } catch (error) {
    update({ problem: error.code === 'offline' ? t('offline') : error.message });
  }
}

const pictureIn = (items) => [...(items ?? [])].find((file) => /^image\//.test(file.type) || /\.(mien|zip|hei[cf]|tiff?)$/i.test(file.name));

function listenToFiles() {
  let depth = 0;
  window.addEventListener('dragenter', (event) => {
    if (![...event.dataTransfer.types].includes('Files')) return;
    depth += 1;
    update({ dropping: true });
  });
  window.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (!depth) update({ dropping: false });
  });
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    update({ dropping: false });
    const file = pictureIn(event.dataTransfer.files);
    if (file && !event.defaultHandled) openFile(file);
  });
  window.addEventListener('paste', (event) => {
    const file = pictureIn(event.clipboardData.files);
    if (!file) return;
    if (state.session && state.task === 'part') setExemplar(file);
    else openFile(file);
  });
}

connect({ goTo, stop: () => state.busy && cancel(), refresh: () => { draw('photo', 'paint', 'marks'); autosave(); } });
listen(show);
listen(autosave);
applyTheme();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
show();
listenToKeys();
listenToFiles();
loadCatalog().then(restore);
