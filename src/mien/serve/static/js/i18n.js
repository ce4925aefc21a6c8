// Words of the page, in the language that was chosen or that the browser asks for.

import { NAMES } from './words/names.js';
import { SENTENCES } from './words/sentences.js';
import { TABLE } from './words/table.js';
import { settings } from './state.js';

export const LANGUAGES = [['en', 'English'], ['de', 'Deutsch'], ['fr', 'Français']];
const ORDER = LANGUAGES.map(([code]) => code);

export function language() {
  if (ORDER.includes(settings.lang)) return settings.lang;
  const asked = (navigator.languages ?? ['en']).map((one) => one.slice(0, 2));
  return asked.find((one) => ORDER.includes(one)) ?? 'en';
}

// The words for a key, with {name} replaced.
export function t(key, values = {}) {
  const row = TABLE[key];
  if (!row) return key;
  const words = row[ORDER.indexOf(language())] ?? row[0];
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

// A name of the catalogue (a part, an attribute, a colour); names without words are shown as they are.
export function named(name) {
  const row = NAMES[name];
  const words = row ? (row[ORDER.indexOf(language())] ?? row[0]) : name.replace(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const patterns = SENTENCES.map(([english, ...others]) => {
  const plain = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\d\}/g, '(.+?)');
  return { pattern: new RegExp(`^${plain}$`, 's'), others };
});

// A list of names with numbers, such as "smile +1, nose-width -0.5", or one name, in the page's language.
function inner(words) {
  const parts = words.split(', ').map((part) => {
    const [, name, rest] = /^([\w-]+?|[\w ]+)( [+-][\d.]+)?$/.exec(part) ?? [];
    return NAMES[name] ? `${NAMES[name][ORDER.indexOf(language())]}${rest ?? ''}` : translated(part) ?? part;
  });
  return parts.join(', ');
}

function translated(sentence) {
  for (const { pattern, others } of patterns) {
    const found = pattern.exec(sentence);
    if (found) return others[ORDER.indexOf(language()) - 1].replace(/\{(\d)\}/g, (_, n) => inner(found[Number(n) + 1] ?? ''));
  }
  return null;
}

// A sentence of the server in the page's language, and the language that it is in then.
export function told(sentence) {
  const words = language() === 'en' || !sentence ? null : translated(sentence);
  const text = words ?? sentence ?? '';
  return { text: text.charAt(0).toUpperCase() + text.slice(1), lang: words === null && language() !== 'en' ? 'en' : undefined };
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
}
