// What every edit takes into account.

import { html } from '../../../vendor/preact.js';
import { named, t } from '../../i18n.js';
import { options, update } from '../../state.js';
import { Button, Check, Section, Slider } from '../controls.js';

const PROTECTED = ['glasses', 'teeth', 'earrings', 'hat', 'eyes', 'beard'];

export function Settings({ state }) {
  const set = (changes) => {
    Object.assign(options, changes);
    update({});
  };
  const turn = (name) => set({ protect: options.protect.includes(name) ? options.protect.filter((one) => one !== name) : [...options.protect, name] });
  return html`<${Section} title=${t('settings')} open=${false}>
    <${Slider} label=${t('strength')} value=${options.strength} low=${0.05} high=${1} reset=${1} show=${(value) => `${Math.round(value * 100)} %`} onInput=${(strength) => set({ strength })} />
    <div class="row wrap"><label class="number">${t('seed')} <input type="number" min="0" step="1" value=${options.seed} onChange=${(event) => set({ seed: Math.max(0, Math.round(event.target.value)) })} /></label>
      <${Button} icon="dice" kind="plain" label=${t('another')} onClick=${() => set({ seed: Math.floor(Math.random() * 100000) })} />
      <${Check} label=${t('four')} value=${options.count > 1} onChange=${(on) => set({ count: on ? 4 : 1 })} /></div>
    <div class="chips" role="group" aria-label=${t('protect')}><span class="muted">${t('protect')}</span>${PROTECTED.map((name) =>
      html`<button type="button" class="chip" key=${name} aria-pressed=${options.protect.includes(name)} onClick=${() => turn(name)}>${named(name)}</button>`)}</div>
    <${Check} label=${t('skinTone')} value=${options.skinTone} onChange=${(skinTone) => set({ skinTone })} />
    ${state.catalog.editor.identity && html`<${Slider} label=${t('identity')} value=${options.identity} low=${0} high=${1} reset=${0}
      show=${(value) => (value ? value.toFixed(2) : t('off'))} onInput=${(identity) => set({ identity })} />`}<//>`;
}
