// What an edit did: the receipt, what changed, how it measures, drift.

import { html } from '../../../vendor/preact.js';
import { named, number, t } from '../../i18n.js';
import { Icon } from '../../icons.js';
import { stepOf } from '../../state.js';
import { measureDrift } from '../../wishes.js';
import { Button } from '../controls.js';

export function Result({ state }) {
  const { result } = state;
  const step = stepOf(state.tree.head);
  return html`<section class="section result" aria-live="polite"><h2>${t('result')}</h2>
    ${result
      ? html`<${Told} result=${result} />`
      : html`<p class="hint">${step?.words ? html`<span lang="en">${step.words}</span>` : t('noResult')}</p>`}
    ${state.tree.head !== 0 && html`<${Drift} drift=${state.drift} />`}</section>`;
}

function Told({ result }) {
  const { receipt, outcome, changed = [], notes = [], operations = [] } = result;
  const kept = receipt?.changed_outside === 0;
  const complaints = outcome?.complaints ?? [];
  return html`
    ${operations.map((words) => html`<p class="operation" lang="en">${words}</p>`)}
    ${receipt && html`<p class=${`line ${kept ? 'good' : 'bad'}`} data-receipt=${receipt.changed_outside}><${Icon} name=${kept ? 'check' : 'warn'} />
      <span>${kept ? t('preserved') : t('notPreserved', { n: receipt.changed_outside })}<br />
      <span class="muted">${t('maskShare', { share: number(100 * receipt.mask_fraction, 2) })} · ${t('took', { ms: number(result.timings?.total ?? 0) })}</span></span></p>`}
    ${complaints.map((words) => html`<p class="line warn" lang="en"><${Icon} name="warn" /><span>${words}</span></p>`)}
    ${outcome && !complaints.length && html`<p class="line"><${Icon} name="check" /><span>${t('clean')}</span></p>`}
    ${notes.filter((words) => !complaints.includes(words)).map((words) => html`<p class="line" lang="en"><${Icon} name="info" /><span>${words}</span></p>`)}
    ${changed.length > 0 && html`<table class="changed"><caption>${t('whatChanged')}</caption><tbody>${changed.slice(0, 6).map((one) =>
      html`<tr><th scope="row">${named(one.class)}</th><td>${t('ofPart', { share: number(100 * one.share) })}</td><td>ΔE ${number(one.delta_e, 1)}</td></tr>`)}</tbody></table>`}`;
}

function Drift({ drift }) {
  const last = drift?.at(-1);
  return html`<div class="row between"><span>${t('drift')}</span>
    ${last
      ? html`<span class="muted">${last.face?.SSIM !== undefined ? `SSIM ${number(last.face.SSIM, 3)} · PSNR ${number(last.face.PSNR, 1)} dB` : number(last.mean, 2)}</span>`
      : html`<${Button} kind="small" onClick=${measureDrift}>${t('measure')}<//>`}</div>`;
}
