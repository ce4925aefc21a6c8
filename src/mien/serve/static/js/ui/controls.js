// Small parts that all panels use.

import { html, useEffect, useRef } from '../../vendor/preact.js';
import { Icon } from '../icons.js';
import { t } from '../i18n.js';

export function Button({ icon, label, title, kind = '', pressed, onClick, disabled, children, ...rest }) {
  return html`<button type="button" class=${`button ${kind}`} aria-pressed=${pressed} disabled=${disabled}
    title=${title ?? (children ? undefined : label)} aria-label=${children ? undefined : label} onClick=${onClick} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}${children}</button>`;
}

const REST = 350; // milliseconds after the last key until a slider rests

// A slider with its value. `onInput` comes while it moves, `onChange` when it rests.
export function Slider({ label, value, low, high, step = 0.05, show, onInput, onChange, reset }) {
  const shown = show ? show(value) : `${Math.round(value * 100) / 100}`;
  const zero = reset !== undefined && value !== reset;
  const read = (handler) => (event) => handler?.(Number(event.target.value));
  const settled = useRef({ keyed: false, timer: 0 }).current;
  const change = (event) => {
    const value = Number(event.target.value);
    clearTimeout(settled.timer);
    if (settled.keyed) settled.timer = setTimeout(() => onChange?.(value), REST);
    else onChange?.(value);
  };
  return html`<div class="slider">
    <label><span title=${label}>${label}</span>
      <input type="range" min=${low} max=${high} step=${step} value=${value} aria-valuetext=${shown}
        onInput=${read(onInput)} onChange=${change} onKeyDown=${() => { settled.keyed = true; }} onPointerDown=${() => { settled.keyed = false; }} /></label>
    ${zero
      ? html`<button type="button" class="value" title=${t('reset', { name: label })} aria-label=${t('reset', { name: label })}
          onClick=${() => { onInput?.(reset); onChange?.(reset); }}>${shown}</button>`
      : html`<span class="value" aria-hidden="true">${shown}</span>`}
  </div>`;
}

// One of several.
export function Chips({ label, values, value, name, onPick, onOver }) {
  return html`<div class="chips" role="group" aria-label=${label}>
    ${values.map((one) => html`<button type="button" key=${one} class="chip" aria-pressed=${one === value}
      onClick=${() => onPick(one)} onPointerEnter=${() => onOver?.(one)}>${name ? name(one) : one}</button>`)}</div>`;
}

export function Check({ label, value, onChange }) {
  return html`<label class="check"><input type="checkbox" checked=${value}
    onChange=${(event) => onChange(event.target.checked)} /> <span>${label}</span></label>`;
}

export function Section({ title, children, open, onToggle }) {
  if (open === undefined) return html`<section class="section"><h2>${title}</h2>${children}</section>`;
  return html`<details class="section" open=${open} onToggle=${(event) => onToggle?.(event.target.open)}>
    <summary><h2>${title}</h2></summary>${children}</details>`;
}

export function FilePicker({ label, accept = 'image/*', onFile, kind = '', id, icon }) {
  const input = useRef();
  const take = (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) onFile(file);
  };
  return html`<${Button} icon=${icon} kind=${kind} onClick=${() => input.current.click()}>${label}<//>
    <input ref=${input} id=${id} type="file" class="away" tabindex="-1" aria-hidden="true" accept=${accept} onChange=${take} />`;
}

// A window above the page; the browser keeps the focus inside.
export function Dialog({ title, onClose, children }) {
  const element = useRef();
  useEffect(() => {
    const { current } = element;
    if (!current.open) current.showModal();
    return () => current.close();
  }, []);
  return html`<dialog ref=${element} class="dialog" aria-labelledby="dialog-title" onCancel=${(event) => { event.preventDefault(); onClose(); }}
    onClick=${(event) => event.target === element.current && onClose()}>
    <header><h1 id="dialog-title">${title}</h1><${Button} icon="close" label=${t('close')} kind="plain" onClick=${onClose} /></header>
    <div class="dialog-body">${children}</div></dialog>`;
}
