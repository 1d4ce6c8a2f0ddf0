// case.html: becomes the page of the case that its address names (?n=17), and joins it to the list and its neighbours.
(async function () {
  'use strict';
  const rubric = window.rubric;
  const query = new URLSearchParams(location.search), number = Number(query.get('n') || NaN), list = query.get('list');

  // The cases to go through: those of the list as it was filtered and sorted, or all of them; each with what leads there.
  async function way() {
    if (list) {
      const index = await rubric.index(), rows = rubric.site_rows(index), chosen = Object.fromEntries(new URLSearchParams(list));
      const places = new Map();  // case to its first line that matches
      for (const row of rubric.sorted(rubric.matching(rows, rubric.site_fields(index, rows), chosen), rubric.site_columns(index), chosen.sort)) {
        if (!places.has(row.number)) places.set(row.number, row.place > 1 ? 'line-' + row.place : '');
      }
      if (places.has(number)) return [...places];
    }
    return Array.from({ length: (await rubric.parts()).cases }, (_, n) => [n, '']);
  }

  // Links and place, once the page that was written is read to its end: its scripts are files, for which it waits.
  function join(cases) {
    const at = cases.findIndex(([each]) => each === number), address = (row) => row && rubric.case_address(row[0], list, row[1]);
    const to = { list: rubric.list_address(query), before: address(cases[at - 1]), after: address(cases[at + 1]) };
    for (const link of document.querySelectorAll('[data-to]')) {
      if (!to[link.dataset.to]) continue;
      link.href = to[link.dataset.to];
      link.hidden = false;
    }
    for (const place of document.querySelectorAll('[data-place]')) place.textContent = rubric.number(at + 1) + ' of ' + rubric.number(cases.length) + (list ? ' in the list' : '');
    const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (goal) goal.scrollIntoView();
  }

  try {
    const text = await rubric.page(number), cases = await way();
    // A page can be replaced only when it is there itself.
    if (document.readyState !== 'complete') await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }));
    // The whole page in place of this one: it is the page that `rubric explain --format html` makes, and works as that does.
    document.open();
    document.write(text);
    document.addEventListener('DOMContentLoaded', () => join(cases), { once: true });
    document.close();
  } catch (problem) {
    rubric.say_problem(problem);
  }
})();
