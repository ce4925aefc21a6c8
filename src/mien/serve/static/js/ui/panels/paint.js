// Layers: mask, sketch, semantic map, colours, guide.

import { html } from '../../../vendor/preact.js';
import { named, number, t } from '../../i18n.js';
import { Icon } from '../../icons.js';
import { KINDS, existing, isShown, rest, show } from '../../layers.js';
import { draw } from '../../screen.js';
import { setGuide } from '../../session.js';
import { keepSettings, options, settings, update } from '../../state.js';
import { applyPaint } from '../../tools/apply.js';
import { clearLayer, extract } from '../../tools/fill.js';
import { paintAttribute } from '../../wishes.js';
import { groupOf } from '../../edits.js';
import { Button, FilePicker, Section, Slider } from '../controls.js';
import { Brushes } from './brushes.js';
import { MaskTools } from './masks.js';

export function Paint({ state }) {
  return html`<section class="section"><p class="hint">${t('paintHint')}</p>
    <div class="row between"><h2>${t('layers')}</h2><${Button} kind="small" onClick=${extract}>${t('extract')}<//></div>
    <ul class="layers" onPointerEnter=${wake} onFocusIn=${wake}>${[...KINDS].reverse().map((name) => html`<${Row} key=${name} name=${name} state=${state} />`)}</ul>
    <${Meaning} state=${state} />
    <${Brushes} state=${state} mask=${state.layer === 'mask'} />
    ${state.layer === 'mask' && html`<${MaskTools} state=${state} />`}
    <div class="row"><${Button} kind="primary" onClick=${() => applyPaint()}>${t('apply')}<//>
      <${Button} onClick=${() => clearLayer(state.layer)}>${t('clear')}<//></div></section>
    <${Attributes} state=${state} />`;
}

// After a result, what was painted is hidden until the list is touched or the next stroke begins.
function wake() {
  if (rest(false)) draw('paint');
}

function Row({ name, state }) {
  const words = named(name);
  const shown = isShown(name);
  const layer = existing(name);
  const turn = () => {
    show(name, !shown);
    draw('paint');
    update({});
  };
  const fade = (event) => {
    keepSettings({ opacity: { ...settings.opacity, [name]: Number(event.target.value) } });
    draw('paint');
  };
  return html`<li class=${state.layer === name ? 'chosen' : ''}>
    <button type="button" class="button plain" aria-pressed=${shown} aria-label=${t('showLayer', { name: words })} title=${t('showLayer', { name: words })}
      onClick=${turn}><${Icon} name=${shown ? 'eye' : 'hidden'} /></button>
    <button type="button" class="layer" data-layer=${name} aria-pressed=${state.layer === name} aria-label=${t('paintIn', { name: words })}
      onClick=${() => { show(name, true); draw('paint'); update({ layer: name }); }}>${words}${layer && !layer.empty && html`<i class="dot"></i>`}</button>
    <input type="range" min="0" max="1" step="0.05" value=${settings.opacity[name]} aria-label=${t('opacity', { name: words })} onInput=${fade} /></li>`;
}

// What a stroke stands for in the layer that is painted.
function Meaning({ state }) {
  const { layer } = state;
  if (layer === 'semantic') {
    return html`<div class="classes" role="group" aria-label=${t('meaning')}>${state.catalog.classes.map(({ label, name, color }) =>
      html`<button type="button" key=${label} class="class" aria-pressed=${state.label === label} onClick=${() => update({ label })}>
        <i style=${{ background: color }}></i>${named(name)}</button>`)}</div>`;
  }
  if (layer === 'color' || layer === 'guide') {
    return html`<div class="row"><label class="color-field"><input type="color" value=${state.ink} aria-label=${t('brushColor')}
      onInput=${(event) => update({ ink: event.target.value })} /><span>${t('brushColor')}</span></label>
      ${layer === 'guide' && html`<${FilePicker} kind="small" icon="open" label=${t('loadGuide')} onFile=${setGuide} />`}</div>`;
  }
  return null;
}

// What only the painter can do, and how much each layer counts.
function Attributes({ state }) {
  const painted = state.catalog.attributes.filter((one) => one.kind === 'paint');
  const { attributes = {} } = groupOf('paint').recipe;
  const weigh = (name) => (value) => {
    options.weights = { ...options.weights, [name]: value };
    update({});
  };
  return html`<${Section} title=${t('paintedAttributes')} open=${false}>
    ${painted.map(({ name, lowest, highest }) => html`<${Slider} key=${name} label=${named(name)} value=${attributes[name] ?? 0} low=${lowest} high=${highest}
      step=${0.1} reset=${0} onChange=${(value) => paintAttribute(name, value)} />`)}
    ${['sketch', 'semantic', 'color', 'guide'].map((name) => html`<${Slider} key=${name} label=${t('weight', { name: named(name) })}
      value=${options.weights[name] ?? 1} low=${0} high=${3} step=${0.1} reset=${1} show=${(value) => `× ${number(value, 1)}`} onInput=${weigh(name)} />`)}<//>`;
}
