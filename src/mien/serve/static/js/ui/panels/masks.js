// The mask without a brush: add a part, invert, grow, shrink.

import { html } from '../../../vendor/preact.js';
import { named, t } from '../../i18n.js';
import { fillPart, growMask, invertMask } from '../../tools/fill.js';
import { Button } from '../controls.js';

const FIRST = ['hair', 'face', 'eyes', 'brows', 'nose', 'lips', 'mouth', 'skin', 'neck', 'ears', 'glasses', 'clothes', 'background'];

export function MaskTools({ state }) {
  const regions = FIRST.filter((name) => state.catalog.regions.includes(name));
  const add = (event) => {
    const { value } = event.target;
    event.target.value = '';
    if (value) fillPart(value, false, 'mask');
  };
  return html`<div class="row wrap"><select aria-label=${t('selectPart')} onChange=${add}>
      <option value="">${t('selectPart')} …</option>${regions.map((name) => html`<option value=${name}>${named(name)}</option>`)}</select>
    <${Button} kind="small" onClick=${invertMask}>${t('invert')}<//><${Button} kind="small" onClick=${() => growMask(0.04)}>${t('grow')}<//>
    <${Button} kind="small" onClick=${() => growMask(-0.04)}>${t('shrink')}<//></div>`;
}
