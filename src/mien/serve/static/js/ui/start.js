// Before a photo is open.

import { html, useEffect, useState } from '../../vendor/preact.js';
import { Icon } from '../icons.js';
import { number, t } from '../i18n.js';
import { openFile, openSample, recent, reopen } from '../session.js';
import { update } from '../state.js';
import { ACCEPT } from './bar.js';
import { hasCamera } from './camera.js';
import { Button, FilePicker } from './controls.js';

export function Start({ state }) {
  const [list, setList] = useState([]);
  useEffect(() => { recent().then(setList); }, []);
  return html`<main class="start"><div class=${`welcome ${state.dropping ? 'over' : ''}`}>
    <h1>${t('tagline')}</h1>
    <ul class="can">${['color', 'shape', 'heal', 'check'].map((icon, i) => html`<li key=${icon}><${Icon} name=${icon} size=${20} /><span>${t(`can${i + 1}`)}</span></li>`)}</ul>
    <div class="open-here">
      ${state.loading ? html`<p class="opening"><span class="spinner" aria-hidden="true"></span>${t('loading')}</p>`
        : html`<div class="row wrap middle"><${FilePicker} icon="open" kind="primary large" label=${t('openPhoto')} accept=${ACCEPT} onFile=${openFile} />
        ${hasCamera() && html`<${Button} icon="camera" kind="large" data-camera onClick=${() => update({ dialog: 'camera' })}>${t('camera')}<//>`}</div>
      <p>${t('dropHere')}</p><p class="muted">${t('formats')}</p>`}</div>
    ${state.samples.length > 0 && html`<p class="muted">${t('samples')}</p><div class="samples">${state.samples.slice(0, 6).map((sample, i) => html`<button type="button" key=${sample.name} class="sample"
      aria-label=${t('sample', { n: number(i + 1) })} disabled=${state.loading} onClick=${() => openSample(sample)}><img src=${sample.picture} alt="" width="104" height="104" /></button>`)}</div>`}
    ${list.length > 0 && html`<h2>${t('recent')}</h2><ul class="recent">${list.slice(0, 4).map((entry) => html`<li key=${entry.id}><button type="button" class="button" onClick=${() => reopen(entry)}>${entry.name}</button></li>`)}</ul>`}
    <p><a href="draw.html">${t('drawFace')}</a></p><p class="muted small">${t('local')}</p></div></main>`;
}
