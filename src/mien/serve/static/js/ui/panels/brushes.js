// How brushes draw.

import { html } from '../../../vendor/preact.js';
import { t } from '../../i18n.js';
import { retint } from '../../layers.js';
import { draw } from '../../screen.js';
import { keepSettings, settings } from '../../state.js';
import { defaultSize, sizeOf } from '../../tools/cursor.js';
import { Check, Slider } from '../controls.js';

const TINTS = ['#ff4d5e', '#35c46a', '#3b8cff', '#ffffff'];

export function Brushes({ state, mask }) {
  const tool = state.tool === 'eraser' ? 'eraser' : 'brush';
  const most = Math.max(40, defaultSize() * 6);
  const resize = (size) => {
    keepSettings({ sizes: { ...settings.sizes, [tool]: Math.round(size) } });
  };
  const tint = (color) => {
    keepSettings({ tint: color });
    retint();
    draw('paint');
  };
  return html`<${Slider} label=${t('size')} value=${sizeOf(tool)} low=${1} high=${most} step=${1} show=${(value) => `${Math.round(value)} px`} onInput=${resize} />
    <${Slider} label=${t('hardness')} value=${settings.hardness} low=${0} high=${1} step=${0.1} onInput=${(hardness) => keepSettings({ hardness })} />
    <${Slider} label=${t('smoothing')} value=${settings.smoothing} low=${0} high=${0.9} step=${0.1} onInput=${(smoothing) => keepSettings({ smoothing })} />
    ${mask && html`<div class="row between"><span>${t('tint')}</span><span class="tints" role="group" aria-label=${t('tint')}>${TINTS.map((color) =>
      html`<button type="button" key=${color} class="tint" aria-label=${color} aria-pressed=${settings.tint === color} onClick=${() => tint(color)}>
      <i style=${{ background: color }}></i></button>`)}</span></div>`}
    <${Check} label=${t('automatic')} value=${settings.automatic} onChange=${(automatic) => keepSettings({ automatic })} />`;
}
