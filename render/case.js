// A case's page: opens what a link leads to, shows or hides all values at once, and prints everything.
(function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // What is folded away cannot be seen when a link leads there.
  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target.parentElement; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
  }
  addEventListener('hashchange', reveal);
  reveal();

  for (const button of all('[data-do=open-all], [data-do=close-all]')) {
    button.hidden = false;
    button.addEventListener('click', function () {
      const section = button.closest('section');
      for (const each of all('details.why', section)) each.open = button.dataset.do === 'open-all';
    });
  }

  // On paper nothing can be opened. Long notes and the details of the history stay folded: the record has them.
  let closed = [];
  addEventListener('beforeprint', function () {
    closed = all('details.why:not([open]), details.silent:not([open])');
    for (const each of closed) each.open = true;
  });
  addEventListener('afterprint', function () {
    for (const each of closed) each.open = false;
  });
})();
