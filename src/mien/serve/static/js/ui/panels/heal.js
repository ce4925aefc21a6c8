// Spots, scratches, moles: a mask, and no wish.

import { html } from '../../../vendor/preact.js';
import { t } from '../../i18n.js';
import { applyPaint } from '../../tools/apply.js';
import { clearLayer } from '../../tools/fill.js';
import { Button } from '../controls.js';
import { Brushes } from './brushes.js';
import { MaskTools } from './masks.js';

export function Heal({ state }) {
  return html`<section class="section"><p class="hint">${t('healHint')}</p><${Brushes} state=${state} mask />
    ${state.session.faces.length > 0 && html`<${MaskTools} state=${state} />`}
    <div class="row"><${Button} kind="primary" onClick=${() => applyPaint()}>${t('healNow')}<//>
      <${Button} onClick=${() => clearLayer('mask')}>${t('clear')}<//></div></section>`;
}
