// compare.html?a=3&b=17: two cases beside each other, from the determinations that are embedded in their pages.
(async function () {
  'use strict';
  const rubric = window.rubric;
  const query = new URLSearchParams(location.search);
  document.getElementById('list').href = rubric.list_address(query);
  async function side(name) {
    const number = Number(query.get(name) || NaN);
    const page = new DOMParser().parseFromString(await rubric.page(number), 'text/html');
    const determination = JSON.parse(page.getElementById('determination').textContent);
    return { name: determination.case || determination.source || 'case ' + (number + 1), href: rubric.case_address(number, query.get('list')), determination };
  }
  try {
    const sides = [await side('a'), await side('b')];
    document.title = sides[0].name + ' and ' + sides[1].name + ' compared';
    document.querySelector('h1').textContent = document.title;
    document.getElementById('comparison').replaceChildren(rubric.comparison(sides));
  } catch (problem) {
    rubric.say_problem(problem);
  }
})();
