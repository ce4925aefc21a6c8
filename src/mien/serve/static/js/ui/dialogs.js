// Download and help.

import { html, useState } from '../../vendor/preact.js';
import { download, giveLayers, giveProject, giveReceipt, giveRecipe } from '../files.js';
import { t } from '../i18n.js';
import { TOOL_KEYS } from '../keys.js';
import { hasPaint, replayOn } from '../session.js';
import { update } from '../state.js';
import { Camera } from './camera.js';
import { Button, Dialog, FilePicker, Slider } from './controls.js';

const close = () => update({ dialog: '' });

export function Dialogs({ state }) {
  if (state.dialog === 'download' && state.session) return html`<${Download} state=${state} />`;
  if (state.dialog === 'camera') return html`<${Camera} />`;
  return state.dialog === 'help' ? html`<${Help} />` : null;
}

function Download({ state }) {
  const [format, setFormat] = useState('');
  const [quality, setQuality] = useState(95);
  const { photo } = state.session;
  const lossy = ['jpeg', 'webp'].includes(format || photo.format.toLowerCase());
  return html`<${Dialog} title=${t('download')} onClose=${close}>
    <label class="row between">${t('format')}<select value=${format} onChange=${(event) => setFormat(event.target.value)}>
      <option value="">${t('sameFormat', { format: photo.format })}</option>${['png', 'jpeg', 'webp', 'tiff'].map((one) => html`<option value=${one}>${one.toUpperCase()}</option>`)}</select></label>
    ${lossy && html`<${Slider} label=${t('quality')} value=${quality} low=${50} high=${100} step=${1} onInput=${setQuality} />`}
    <p class="hint">${t('fullSize', { w: photo.width, h: photo.height })}</p>
    <${Button} icon="download" kind="primary wide" onClick=${() => { close(); download(format, quality); }}>${t('savePhoto')}<//>
    <h2>${t('more')}</h2><div class="row wrap"><${Button} onClick=${giveReceipt}>${t('receipt')}<//><${Button} onClick=${giveProject}>${t('project')}<//>
      <${Button} onClick=${giveRecipe}>${t('recipe')}<//><${Button} disabled=${!hasPaint()} onClick=${giveLayers}>${t('layersFile')}<//></div>
    ${state.tree.head !== 0 && html`<${FilePicker} label=${t('replayOn')} onFile=${(file) => { close(); replayOn(file); }} />`}<//>`;
}

function Help() {
  const tools = Object.entries(TOOL_KEYS).map(([key, tool]) => [key.toUpperCase(), t(`tool_${tool}`)]);
  const rest = [
    ['[ ]', t('key_size')], ['{ }', t('key_hardness')], ['Shift', t('key_line')], ['Alt', t('tool_eyedropper')], ['Space', t('key_pan')],
    ['+ −', t('zoom')], ['Ctrl 0', t('fit')], ['Ctrl 1–4', t('key_percent')], ['\\ #', `${t('before')}`], ['Ctrl Z', t('undo')],
    ['Ctrl Shift Z', t('redo')], ['Ctrl S', t('download')], ['Ctrl O', t('open')], ['Enter', t('apply')], ['Esc', t('cancel')],
  ];
  return html`<${Dialog} title=${t('help')} onClose=${close}><h2>${t('how')}</h2>
    <ul class="how">${[1, 2, 3, 4, 5].map((n) => html`<li>${t(`how${n}`)}</li>`)}</ul>
    <h2>${t('keys')}</h2><dl class="keys">${[...tools, ...rest].map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl><//>`;
}
