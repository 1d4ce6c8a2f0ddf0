// What all pages share: light or dark, as the system or the reader wants it, and the button that prints.
// Without scripts a page is light and complete; the buttons then stay hidden.
(function () {
  'use strict';
  const root = document.documentElement;
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const names = { dark: 'Dark', light: 'Light' };

  // Storage may be forbidden, as in a file that was opened from disk: then a choice lasts as long as the page.
  function remembered() {
    try { return localStorage.getItem('rubric-theme'); } catch { return null; }
  }
  function remember(theme) {
    try { localStorage.setItem('rubric-theme', theme); } catch { /* it lasts as long as the page */ }
  }

  let chosen = remembered();
  function show() {
    const theme = chosen || (system.matches ? 'dark' : 'light');
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll('[data-do=theme]')) {
      const other = theme === 'dark' ? 'light' : 'dark';
      button.textContent = names[other];
      button.setAttribute('aria-label', 'Switch to ' + other + ' colours');
      button.hidden = false;
    }
    for (const button of document.querySelectorAll('[data-do=print]')) button.hidden = false;
  }
  show();
  system.addEventListener('change', show);
  document.addEventListener('DOMContentLoaded', show);
  document.addEventListener('click', function (event) {
    const button = event.target.closest && event.target.closest('[data-do]');
    if (!button) return;
    if (button.dataset.do === 'print') window.print();
    if (button.dataset.do === 'theme') {
      chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
      remember(chosen);
      show();
    }
  });
})();
