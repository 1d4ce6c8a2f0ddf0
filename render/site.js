// index.html: pictures over the list, each a way to filter it, and two cases that are chosen to be compared.
(async function () {
  'use strict';
  const rubric = window.rubric, { el } = rubric;
  const root = document.getElementById('report');
  try {
    const index = await rubric.index(), rows = rubric.site_rows(index);
    const compared = new Map();  // case number to name, at most two
    let all_missing = false;

    const panel = (id, words) => el('section', { class: 'panel', 'aria-labelledby': id + '-head' }, el('h2', { id: id + '-head' }, words), el('div', { id }));
    const criteria = el('details', { class: 'panel criteria', open: !window.matchMedia('(max-width: 46rem)').matches },
      el('summary', {}, el('h2', {}, 'Criteria')), el('div', { id: 'criteria', class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Criteria' }));
    const bar = el('div', { id: 'compared', class: 'compared', role: 'region', 'aria-label': 'Comparison', hidden: true });

    function show_compared() {
      for (const box of root.querySelectorAll('[data-compare]')) box.checked = compared.has(Number(box.dataset.compare));
      const [a, b] = [...compared], address = list.address();
      bar.hidden = !a;
      if (!a) return;
      rubric.remake(bar,
        el('span', { role: 'status' }, b ? 'Chosen: ' + a[1] + ' and ' + b[1] : 'Chosen: ' + a[1] + '. Choose another case to compare it with.'),
        b ? el('a', { class: 'go', href: 'compare.html?a=' + a[0] + '&b=' + b[0] + (address ? '&list=' + encodeURIComponent(address) : '') }, 'Compare them') : null,
        el('button', { type: 'button', class: 'tool', onclick: () => { compared.clear(); show_compared(); document.getElementById('list').focus(); } }, 'Choose none'));
    }
    function choose_compared(row, on) {
      if (on) compared.set(row.number, row.name);
      else compared.delete(row.number);
      if (compared.size > 2) compared.delete(compared.keys().next().value);
      show_compared();
    }
    const compare_box = (row) => el('input', {
      type: 'checkbox', 'data-compare': row.number, onchange: (event) => choose_compared(row, event.target.checked),
      'aria-label': 'Compare case ' + row.name + (row.sequence === undefined ? '' : ' (line ' + row.sequence + ')'),
    });

    function show_pictures() {
      const { chosen, pick, matching } = list;
      rubric.remake(document.getElementById('outcomes'), rubric.outcome_picture(matching('outcome'), chosen, pick));
      rubric.remake(document.getElementById('missing'), rubric.missing_picture(index, matching('missing'), chosen, pick, all_missing, () => { all_missing = !all_missing; show_pictures(); }));
      rubric.remake(document.getElementById('criteria'), rubric.criteria_picture(index, matching('criterion'), chosen, pick));
    }

    const list = rubric.list({
      rows, describe: 'Lines', placeholder: 'case, code, service, rule, what is missing',
      fields: rubric.site_fields(index, rows),
      columns: rubric.site_columns(index, compare_box, () => list.address()),
      count_words(found) {
        const lined = (list) => list.filter((row) => row.sequence !== undefined).length;
        const lines = lined(found), others = found.length - lines, cases = new Set(found.map((each) => each.number)).size;
        return [
          found.length === rows.length ? rubric.counted(lines, 'line') : rubric.number(lines) + ' of ' + rubric.counted(lined(rows), 'line'),
          others > 0 ? ' and ' + rubric.counted(others, 'record without one', 'records without one') : '', ' in ' + rubric.counted(cases, 'case')].join('');
      },
      shown() { show_pictures(); show_compared(); },
    });
    root.replaceChildren(el('div', { class: 'overview' }, panel('outcomes', 'Outcomes'), panel('missing', 'What is missing')), criteria, list.element, bar);
    root.removeAttribute('aria-busy');
    list.start();
    // Paper has what is folded.
    let folded = false;
    window.addEventListener('beforeprint', () => { folded = !criteria.open; criteria.open = true; });
    window.addEventListener('afterprint', () => { if (folded) criteria.open = false; });
  } catch (problem) {
    root.replaceChildren(el('p', { class: 'panel', id: 'says' }));
    rubric.say_problem(problem);
  }
})();
