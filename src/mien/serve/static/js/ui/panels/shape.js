// Sliders that move the face's pixels, and the points that were dragged.

import { html } from '../../../vendor/preact.js';
import { visit, groupOf } from '../../edits.js';
import { named, t } from '../../i18n.js';
import { applyShape, shapeNow, slide } from '../../tools/drag.js';
import { changeLook } from '../../wishes.js';
import { Button, Section, Slider } from '../controls.js';

const EXPRESSION = ['smile', 'mouth-open', 'eye-openness', 'brow-height', 'brow-angle', 'frown'];

function Sliders({ list, reshape }) {
  return list.map(({ name, lowest, highest }) => html`<${Slider} key=${name} label=${named(name)} value=${reshape[name] ?? 0}
    low=${lowest} high=${highest} reset=${0} show=${(value) => (value > 0 ? '+' : '') + value.toFixed(2)}
    onInput=${(value) => slide(name, value)} onChange=${applyShape} />`);
}

export function Shape({ state }) {
  const { reshape, drag } = shapeNow();
  const moves = state.catalog.attributes.filter((one) => one.kind === 'moves');
  const expression = moves.filter((one) => EXPRESSION.includes(one.name));
  const structure = moves.filter((one) => !EXPRESSION.includes(one.name));
  const touched = drag.length || Object.keys(reshape).length;
  return html`<section class="section"><p class="hint">${t('shapeHint')}</p>
    <div class="row between"><span class="muted">${drag.length ? t(drag.length === 1 ? 'point1' : 'points', { n: drag.length }) : t('noPoints')}</span>
      <${Button} kind="small" disabled=${!touched} onClick=${() => visit(groupOf('shape').base)}>${t('resetPoints')}<//></div></section>
    <${Section} title=${t('mouthEyes')}><${Sliders} list=${expression} reshape=${reshape} /><//>
    <${Section} title=${t('structure')}><${Sliders} list=${structure} reshape=${reshape} /><//>
    <${Looks} state=${state} />`;
}

// What the photo's own pixels can show: age, skin, make-up, hair.
function Looks({ state }) {
  const looks = state.catalog.attributes.filter((one) => one.kind === 'look');
  const { attributes = {} } = groupOf('look').recipe;
  return html`<${Section} title=${t('looks')}>${looks.map(({ name, lowest, highest }) => html`<${Slider} key=${name} label=${named(name)}
    value=${attributes[name] ?? 0} low=${lowest} high=${highest} reset=${0} show=${(value) => (value > 0 ? '+' : '') + value.toFixed(2)}
    onChange=${(value) => changeLook(name, value)} />`)}<//>`;
}
