// A sentence.

import { html } from '../../../vendor/preact.js';
import { named, number, t, told } from '../../i18n.js';
import { readWords, sayWords } from '../../wishes.js';
import { Button } from '../controls.js';

let timer = 0;

const withNearest = (near) => (word) => (near && near[word] ? `${word} (≈ ${near[word]})` : word);

export function Words({ state }) {
  const write = (event) => {
    const { value } = event.target;
    clearTimeout(timer);
    state.text = value;
    timer = setTimeout(() => readWords(value), 250);
  };
  const key = (event) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    sayWords();
  };
  const { reading } = state;
  return html`<section class="section">
    <label class="field"><h2>${t('sentence')}</h2><textarea rows="3" maxlength=${state.catalog.limits.text} placeholder=${t('wordsHint')}
      onInput=${write} onKeyDown=${key}>${state.text}</textarea></label>
    ${reading && html`<div class="chips" aria-live="polite">${reading.wishes.map((wish) => html`<span class="chip still">
      ${wish.color ? `${named(wish.attribute)}: ${named(wish.color)}` : `${named(wish.attribute)} ${wish.degree > 0 ? '+' : ''}${number(wish.degree, 1)}`}</span>`)}</div>
      ${reading.not_understood.length > 0 && html`<p class="hint warn">${t('notUnderstood', { words: reading.not_understood.map(withNearest(reading.nearest)).join(', ') })}</p>`}
      ${reading.notes.map(told).map(({ text, lang }) => html`<p class="hint" lang=${lang}>${text}</p>`)}`}
    <${Button} kind="primary" onClick=${sayWords}>${t('apply')}<//></section>`;
}
