// The counts of a report as pictures: outcomes, what is missing, criteria. Each number beside a bar is a button that
// filters the list; the bars underline what the numbers say.
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {});
  const { el } = rubric;

  function choice(inside, pressed, choose, attributes) {
    return el('button', { type: 'button', class: 'choice', 'aria-pressed': pressed ? 'true' : 'false', onclick: choose, ...attributes }, inside);
  }

  // rows: those that match all but the outcome. pick(changes) changes what is chosen.
  rubric.outcome_picture = function (rows, chosen, pick) {
    const shown = rubric.outcomes()
      .map((row) => ({ row, n: rows.filter((each) => each.outcome.name === row.name).length }))
      .filter(({ row, n }) => n > 0 || chosen.outcome === row.name);
    const most = Math.max(1, ...shown.map((each) => each.n));
    const says = shown.map(({ row, n }) => rubric.number(n) + ' ' + row.words).join(', ');
    return [
      rubric.bar(shown.map(({ row, n }) => ({ n, style: row.style })), Math.max(1, rows.length), 'Outcomes: ' + (says || 'none')),
      el('ul', { class: 'bars' }, shown.map(({ row, n }) => {
        const pressed = chosen.outcome === row.name;
        return el('li', {}, choice([
          rubric.badge(row),
          el('span', { class: 'count' }, rubric.number(n)),
          el('span', { class: 'of soft' }, rubric.percent(n, rows.length)),
          rubric.bar([{ n, style: row.style }], most),
        ], pressed, () => pick({ outcome: pressed ? '' : row.name })));
      })),
    ];
  };

  const at_first = 6;
  rubric.missing_picture = function (index, rows, chosen, pick, all, show_all) {
    const counts = index.facts.map((fact, at) => ({ fact, at, n: 0 }));
    for (const row of rows) for (const each of row.missing) counts[each].n += 1;
    const found = counts.filter((each) => each.n > 0 || chosen.missing === each.fact.fact).sort((a, b) => b.n - a.n || a.at - b.at);
    if (found.length === 0) return el('p', { class: 'soft' }, 'Nothing is missing.');
    const most = Math.max(1, found[0].n), shown = all ? found : found.slice(0, at_first);
    return [
      el('ul', { class: 'bars' }, shown.map(({ fact, n }) => {
        const pressed = chosen.missing === fact.fact;
        return el('li', {}, choice([
          el('span', { class: 'what' }, el('span', { class: 'said' }, rubric.fact_words(fact)), fact.ask ? el('code', { class: 'soft' }, fact.fact) : null),
          el('span', { class: 'count' }, rubric.number(n)),
          el('span', { class: 'of soft' }, rubric.percent(n, rows.length)),
          rubric.bar([{ n, style: 'open' }], most),
        ], pressed, () => pick({ missing: pressed ? '' : fact.fact })));
      })),
      found.length > at_first
        ? el('button', { type: 'button', class: 'tool', 'aria-expanded': all ? 'true' : 'false', onclick: show_all }, all ? 'Show fewer' : 'Show all ' + found.length)
        : null,
    ];
  };

  // A row for each criterion: how often it has each status among the rows, in the order of the policy's outline.
  rubric.criteria_picture = function (index, rows, chosen, pick) {
    const { statuses } = rubric.words;
    const counts = index.criteria.map(() => statuses.map(() => 0));
    for (const row of rows) {
      if (!row.statuses) continue;
      for (let c = 0; c < row.statuses.length; ++c) {
        const bits = parseInt(row.statuses[c], 16);
        if (bits) for (let s = 0; s < statuses.length; ++s) if (bits & (1 << s)) counts[c][s] += 1;
      }
    }
    // An outline name is its place: "Diagnosis1.b.ii".
    const depth = (name) => name.split('.').length - 1;
    return el('table', { class: 'outline', role: 'table', 'aria-label': 'How often each criterion has each status; a number filters the list' },
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, el('th', { scope: 'col', role: 'columnheader' }, 'Criterion'), el('th', { scope: 'col', role: 'columnheader', class: 'pictured' }, 'Lines'),
        statuses.map((each) => el('th', { scope: 'col', role: 'columnheader', class: 'number' }, el('span', { class: each.style, 'aria-hidden': 'true' }, each.mark + ' '), each.words)))),
      el('tbody', { role: 'rowgroup' }, index.criteria.map(({ name, sentence }, c) => {
        const of = counts[c].reduce((sum, n) => sum + n, 0);
        if (of === 0 && chosen.criterion !== name) return null;
        return el('tr', { role: 'row', class: chosen.criterion === name ? 'chosen' : null },
          el('th', { scope: 'row', role: 'rowheader', style: '--depth:' + Math.min(depth(name), 6) }, el('span', { class: 'name' }, name), sentence ? el('span', { class: 'soft said' }, sentence) : null),
          el('td', { role: 'cell', class: 'pictured' }, rubric.bar(counts[c].map((n, s) => ({ n, style: statuses[s].style })), Math.max(1, of))),
          counts[c].map((n, s) => {
            const pressed = chosen.criterion === name && chosen.status === statuses[s].name;
            const label = name + ', ' + statuses[s].words + ': ' + rubric.counted(n, 'line');
            return el('td', { role: 'cell', class: 'number', 'data-mark': statuses[s].mark }, n === 0 && !pressed ? el('span', { class: 'soft' }, '0')
              : choice(rubric.number(n), pressed, () => pick(pressed ? { criterion: '', status: '' } : { criterion: name, status: statuses[s].name }), { 'aria-label': label }));
          }));
      })));
  };
})();
