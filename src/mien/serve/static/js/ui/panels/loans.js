// Parts of other faces.

import { html } from '../../../vendor/preact.js';
import { named, t } from '../../i18n.js';
import { setExemplar } from '../../session.js';
import { options, update } from '../../state.js';
import { borrow, borrowLook } from '../../wishes.js';
import { Button, Chips, FilePicker } from '../controls.js';

export function Loans({ state }) {
  const { exemplar } = state;
  const next = () => {
    options.seed += 1;
    borrow(1);
  };
  const take = (event) => {
    event.preventDefault();
    event.stopPropagation();
    update({ dropping: false });
    const [file] = event.dataTransfer.files;
    if (file) setExemplar(file);
  };
  return html`<section class="section" onDrop=${take}><p class="hint">${t('borrowHint')}</p>
    <${Chips} label=${t('part')} values=${state.catalog.parts} value=${state.part} name=${named} onPick=${(part) => update({ part })} />
    <h2>${t('from')}</h2>
    <div class="row wrap"><button type="button" class="chip" aria-pressed=${!exemplar} onClick=${() => update({ exemplar: null })}>${t('bank')}</button>
      <${FilePicker} kind="small" icon="open" label=${t('exemplar')} onFile=${setExemplar} /></div>
    ${exemplar && html`<div class="exemplar"><img src=${exemplar.url} alt="" width="72" height="72" /><span class="name">${exemplar.name}</span></div>`}
    <div class="row wrap"><${Button} kind="primary" onClick=${() => borrow(1)}>${t('borrowOne')}<//>
      ${exemplar
        ? html`<${Button} onClick=${borrowLook}>${t('borrowLook')}<//>`
        : html`<${Button} onClick=${() => borrow(4)}>${t('borrowFour')}<//><${Button} onClick=${next}>${t('next')}<//>`}</div></section>`;
}
