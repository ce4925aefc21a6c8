// Dyes: a part, a swatch.

import { html, useState } from '../../../vendor/preact.js';
import { named, t } from '../../i18n.js';
import { chooseTool } from '../../keys.js';
import { update } from '../../state.js';
import { dyeNow, dyeWith, leaveDye, prefetch, tryDye, undye } from '../../wishes.js';
import { Button, Chips } from '../controls.js';

const KIND = { lips: 'lips', irises: 'eyes', cheeks: 'lips', eyelids: 'lips' };
const ALL = ['skin', 'clothes', 'hat', 'teeth', 'background'];

export function colorsFor(catalog, region) {
  const kind = KIND[region] ?? 'hair';
  const shown = catalog.colors.filter((color) => color.of === kind);
  return ALL.includes(region) ? catalog.colors : [...shown, ...(kind === 'hair' ? [] : catalog.colors.filter((c) => c.of === 'hair' && !/blond|ash|platinum/.test(c.name)))];
}

export function Colors({ state }) {
  const [over, setOver] = useState('');
  const [search, setSearch] = useState('');
  const now = dyeNow()[state.region] ?? '';
  const pick = (region) => {
    update({ region });
    prefetch(region);
  };
  const words = search.trim().toLowerCase();
  const colors = colorsFor(state.catalog, state.region).filter(({ name }) => !words || `${name} ${named(name)}`.toLowerCase().includes(words));
  return html`<section class="section">
    <p class="hint">${t('colorHint')}</p>
    <${Chips} label=${t('part')} values=${state.catalog.dyes} value=${state.region} name=${named} onPick=${pick} />
    <div class="row between"><h2>${t('color')}</h2><span class="row"><span class="muted" aria-live="polite">${named(over || now)}</span>
      ${now && html`<${Button} kind="small" onClick=${() => undye()}>${t('asItWas')}<//>`}</span></div>
    <input class="search" type="search" placeholder=${t('search')} aria-label=${t('search')} value=${search} onInput=${(event) => setSearch(event.target.value)} />
    <div class="swatches" role="group" aria-label=${t('color')} onPointerLeave=${() => { setOver(''); leaveDye(); }}>
      ${colors.map(({ name, hex }) => html`<${Swatch} key=${name} name=${name} hex=${hex} pressed=${now === name}
        onOver=${() => { setOver(name); tryDye(name); }} onPick=${() => dyeWith(name)} />`)}
    </div>
    <div class="row wrap">
      <label class="color-field"><input type="color" value=${now.startsWith('#') ? now : state.ink} aria-label=${t('otherColor')}
        onInput=${(event) => tryDye(event.target.value)} onChange=${(event) => { update({ ink: event.target.value }); dyeWith(event.target.value); }} />
        <span>${t('otherColor')}</span></label>
      <${Button} icon="eyedropper" kind="small" onClick=${() => chooseTool('eyedropper')}>${t('fromPhoto')}<//>
    </div></section>`;
}

function Swatch({ name, hex, pressed, onOver, onPick }) {
  return html`<button type="button" class="swatch" data-color=${name} title=${named(name)} aria-label=${named(name)} aria-pressed=${pressed}
    onPointerEnter=${onOver} onFocus=${onOver} onClick=${onPick}><i style=${{ background: hex }}></i></button>`;
}
