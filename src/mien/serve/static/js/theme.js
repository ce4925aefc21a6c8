// Light or dark: as chosen, else as the system is.

import { language } from './i18n.js';
import { draw } from './screen.js';
import { settings } from './state.js';

export function applyTheme() {
  const dark = settings.theme ? settings.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.lang = language();
  draw('photo', 'marks');
}
