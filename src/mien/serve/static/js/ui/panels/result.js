// What an edit did: the receipt, what changed, how it measures, drift. It stays in view below every task.

import { html } from '../../../vendor/preact.js';
import { named, number, t, told } from '../../i18n.js';
import { Icon } from '../../icons.js';
import { stepOf } from '../../state.js';
import { measureDrift } from '../../wishes.js';
import { Button } from '../controls.js';

export function Result({ state }) {
  const { result } = state;
  const step = stepOf(state.tree.head);
  return html`<section class="section result" aria-live="polite" aria-label=${t('result')}>
    ${result ? html`<${Told} result=${result} />` : html`<p class="hint">${step?.words ? html`<${Sentence} words=${step.words} />` : t('noResult')}</p>`}
    ${state.tree.head !== 0 && html`<details><summary>${t('details')}</summary>
      ${result && html`<${Changed} result=${result} />`}<${Drift} drift=${state.drift} /></details>`}</section>`;
}

// A sentence of the server, in the page's language where it has words for it.
function Sentence({ words }) {
  const { text, lang } = told(words);
  return html`<span lang=${lang}>${text}</span>`;
}

function Told({ result }) {
  const { receipt, outcome, notes = [], operations = [] } = result;
  const kept = receipt?.changed_outside === 0;
  const complaints = outcome?.complaints ?? [];
  return html`
    <p class="operation">${operations.map((words, i) => html`${i > 0 && ' · '}<${Sentence} words=${words} />`)}</p>
    ${receipt && html`<p class=${`line ${kept ? 'good' : 'bad'}`} data-receipt=${receipt.changed_outside}><${Icon} name=${kept ? 'check' : 'warn'} />
      <span>${kept ? t('preserved') : t('notPreserved', { n: receipt.changed_outside })}</span></p>`}
    ${complaints.map((words) => html`<p class="line warn"><${Icon} name="warn" /><${Sentence} words=${words} /></p>`)}
    ${outcome && !complaints.length && html`<p class="line"><${Icon} name="check" /><span>${t('clean')}</span></p>`}
    ${notes.filter((words) => !complaints.includes(words) && !repeats(words, operations)).map((words) => html`<p class="line"><${Icon} name="info" /><${Sentence} words=${words} /></p>`)}`;
}

// "mouth of a face of nobody" says what "mouth borrowed from a face of nobody" has told already.
const repeats = (note, operations) => operations.some((words) => words === note.replace(' of ', ' borrowed from '));

function Changed({ result }) {
  const { receipt, changed = [] } = result;
  const share = receipt && t('maskShare', { share: number(100 * receipt.mask_fraction, 2) });
  return html`<p class="muted">${share} · ${t('took', { ms: number(result.timings?.total ?? 0) })}</p>
    ${changed.length > 0 && html`<table class="changed"><caption>${t('whatChanged')}</caption><tbody>${changed.slice(0, 6).map((one) =>
      html`<tr><th scope="row">${named(one.class)}</th><td>${t('ofPart', { share: number(100 * one.share) })}</td><td>ΔE ${number(one.delta_e, 1)}</td></tr>`)}</tbody></table>`}`;
}

function Drift({ drift }) {
  const last = drift?.at(-1);
  const words = last?.face?.SSIM !== undefined ? `SSIM ${number(last.face.SSIM, 3)} · PSNR ${number(last.face.PSNR, 1)} dB` : last && number(last.mean, 2);
  return html`<div class="row between"><span>${t('drift')}</span>
    ${last
      ? html`<span class="muted drift"><meter min="0" max="1" low="0.7" high="0.9" optimum="1" value=${last.face?.SSIM ?? 1} aria-label=${t('drift')}></meter>${words}</span>`
      : html`<${Button} kind="small" onClick=${measureDrift}>${t('measure')}<//>`}</div>`;
}
