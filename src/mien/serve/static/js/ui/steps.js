// The tree of edits as a strip of thumbnails: the way from the photo to the step that is shown, and where it branches.

import { html, useState } from '../../vendor/preact.js';
import { address } from '../api.js';
import { kindOf, visit } from '../edits.js';
import { t, told } from '../i18n.js';
import { Icon } from '../icons.js';
import { pathTo, state, stepOf, update } from '../state.js';
import { chooseTask } from '../keys.js';
import { Button } from './controls.js';

export function Steps() {
  const { tree } = state;
  const path = [{ number: 0, words: t('original') }, ...pathTo(tree.head), ...ahead(tree)];
  return html`<footer class="steps" aria-label=${t('history')}><ol>${path.map((step) => html`<${Step} key=${step.number} step=${step} tree=${tree} />`)}</ol>
    ${tree.head !== 0 && html`<${Button} icon="edit" kind="small" pressed=${state.changing === tree.head} onClick=${() => change(tree.head)}>${t('changeStep')}<//>`}</footer>`;
}

// Steps that were made after the one that is shown.
function ahead(tree) {
  const found = [];
  if (tree.tip === undefined || tree.tip === tree.head) return found;
  const path = pathTo(tree.tip);
  const at = tree.head === 0 ? 0 : path.findIndex((step) => step.number === tree.head) + 1;
  return at === 0 && tree.head !== 0 ? found : path.slice(at);
}

function change(number) {
  const step = stepOf(number);
  const kind = kindOf(step?.recipe);
  if (!kind) return;
  const { dye = {}, part, text } = step.recipe;
  update({ changing: number, face: step.face, region: Object.keys(dye)[0] ?? state.region, part: part ?? state.part, text: text ?? '' });
  chooseTask(kind === 'look' ? 'shape' : kind);
}

function Step({ step, tree }) {
  const [open, setOpen] = useState(false);
  const siblings = step.number === 0 ? [] : tree.steps.filter((one) => one.number !== 0 && one.parent === step.parent && one.number !== step.number);
  const words = step.number === 0 ? t('original') : t('step', { n: step.number, words: told(step.words).text });
  return html`<li class=${open ? 'open' : ''}>
    <${Thumbnail} step=${step} here=${step.number === tree.head} words=${words} />
    ${siblings.length > 0 && html`<button type="button" class="branches" aria-expanded=${open} aria-label=${t('branches', { n: siblings.length + 1 })}
      title=${t('branches', { n: siblings.length + 1 })} onClick=${() => setOpen(!open)}><${Icon} name="branch" size=${12} />${siblings.length + 1}</button>`}
    ${open && html`<div class="siblings">${siblings.map((one) => html`<${Thumbnail} key=${one.number} step=${one} here=${false}
      words=${t('step', { n: one.number, words: told(one.words).text })} onPick=${() => setOpen(false)} />`)}</div>`}</li>`;
}

function Thumbnail({ step, here, words, onPick }) {
  const go = () => {
    onPick?.();
    visit(step.number);
  };
  return html`<button type="button" class="thumbnail" data-step=${step.number} aria-current=${here ? 'step' : undefined} aria-label=${words} title=${words} onClick=${go}>
    <img src=${address(`/steps/${step.number}/thumbnail`, { side: 112 })} alt="" width="56" height="56" loading="lazy" /></button>`;
}
