// case.html: becomes the page of the case that its address names (?n=17), and joins it to the list and its neighbours.
(async function () {
  'use strict';
  const rubric = window.rubric;
  const query = new URLSearchParams(location.search), number = Number(query.get('n') || NaN), list = query.get('list');
  try {
    const text = await rubric.page(number), { cases } = await rubric.parts();
    // The whole page in place of this one: it is the page that `rubric explain --format html` makes, and works as that does.
    document.open();
    document.write(text);
    document.close();
    const to = { list: rubric.list_address(query), before: number > 0 && rubric.case_address(number - 1, list), after: number + 1 < cases && rubric.case_address(number + 1, list) };
    for (const link of document.querySelectorAll('[data-to]')) {
      if (!to[link.dataset.to]) continue;
      link.href = to[link.dataset.to];
      link.hidden = false;
    }
    const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (goal) goal.scrollIntoView();
  } catch (problem) {
    rubric.say_problem(problem);
  }
})();
