// Words of the page, in the language that was chosen or that the browser asks for.

import { NAMES } from './words/names.js';
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

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
}
