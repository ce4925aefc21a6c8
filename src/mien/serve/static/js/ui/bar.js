// The bar at the top: faces, undo, compare, zoom, language, download.

import { html } from '../../vendor/preact.js';
import { address } from '../api.js';
import { redo, undo } from '../history.js';
import { LANGUAGES, language, number, t } from '../i18n.js';
import { comparing } from '../screen.js';
import { chooseFace, closeSession, openFile } from '../session.js';
import { keepSettings, update } from '../state.js';
import { applyTheme } from '../theme.js';
import { fit, zoomAt } from '../view.js';
import { Button, FilePicker } from './controls.js';

export const ACCEPT = 'image/*,.heic,.heif,.tif,.tiff,.avif,.mien,.zip';

export function Bar({ state, open }) {
  return html`<header class="bar">
    <button type="button" class="brand" onClick=${() => open && closeSession()} title=${open ? t('closePhoto') : undefined}
      aria-label=${open ? `mien: ${t('closePhoto')}` : 'mien'} disabled=${!open}><img src="favicon.svg" alt="" width="22" height="22" /><b>mien</b></button>
    <${FilePicker} id="file" icon="open" label=${t('open')} accept=${ACCEPT} kind="plain" onFile=${openFile} />
    ${open && html`<${PhotoName} state=${state} />`}
    <span class="space"></span>
    ${open && html`<${Tools} state=${state} />`}
    <${Choices} />
    ${open && html`<${Button} icon="download" kind="primary" onClick=${() => update({ dialog: 'download' })}>${t('download')}<//>`}
  </header>`;
}

function PhotoName({ state }) {
  const { photo, faces } = state.session;
  return html`<div class="photo-name"><h1 class="name">${photo.name}</h1><span class="muted">${photo.width} × ${photo.height}</span></div>
    ${faces.length > 1 && html`<div class="faces" role="group" aria-label=${t('faces')}>
      ${faces.map((face) => html`<button type="button" key=${face.number} class="face" aria-pressed=${face.number === state.face}
        aria-label=${t('face', { n: face.number + 1 })} title=${t('face', { n: face.number + 1 })} onClick=${() => chooseFace(face.number)}>
        <img src=${address(`/faces/${face.number}/layers/image`, { side: 64, step: 0 })} alt="" width="28" height="28" /></button>`)}</div>`}`;
}

function Tools({ state }) {
  const { compare } = state;
  const hold = (on) => () => comparing({ hold: on });
  const turn = () => {
    comparing({ slider: !compare.slider });
    update({});
  };
  return html`<div class="group">
      <${Button} icon="undo" kind="plain" label=${t('undo')} disabled=${!state.undoable} onClick=${undo} />
      <${Button} icon="redo" kind="plain" label=${t('redo')} disabled=${!state.redoable} onClick=${redo} /></div>
    <div class="group">
      <${Button} icon="before" kind="plain" label=${t('before')} onPointerDown=${hold(true)} onPointerUp=${hold(false)}
        onPointerLeave=${hold(false)} onKeyDown=${(event) => event.key === 'Enter' && comparing({ hold: true })} onKeyUp=${hold(false)} />
      <${Button} icon="compare" kind="plain" label=${t('compare')} pressed=${compare.slider} onClick=${turn} /></div>
    <div class="group zoom">
      <${Button} icon="minus" kind="plain" label=${t('zoomOut')} onClick=${() => zoomAt(0.8)} />
      <button type="button" class="button plain percent" title=${t('fit')} aria-label=${`${t('zoom')} ${number(state.zoom * 100)} %. ${t('fit')}`}
        onClick=${() => fit()}>${number(state.zoom * 100)} %</button>
      <${Button} icon="plus" kind="plain" label=${t('zoomIn')} onClick=${() => zoomAt(1.25)} /></div>`;
}

function Choices() {
  const speak = (event) => {
    keepSettings({ lang: event.target.value });
    document.documentElement.lang = language();
  };
  const theme = () => {
    keepSettings({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' });
    applyTheme();
  };
  return html`<div class="group">
    <select class="plain" aria-label=${t('language')} value=${language()} onChange=${speak}>
      ${LANGUAGES.map(([code, words]) => html`<option value=${code} selected=${code === language()}>${words}</option>`)}</select>
    <${Button} icon="theme" kind="plain" label=${t('theme')} onClick=${theme} />
    <${Button} icon="help" kind="plain" label=${t('help')} onClick=${() => update({ dialog: 'help' })} /></div>`;
}
