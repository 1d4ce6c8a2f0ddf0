// The page of an edit's impact: the flow, the list of lines that differ, and examples with both determinations, from the
// JSON that the page embeds.
(function () {
  'use strict';
  const rubric = window.rubric, { el, short } = rubric;
  const impact = JSON.parse(document.getElementById('impact').textContent);
  const changes = [['outcomeChanged', 'outcome changed'], ['statusChanged', 'status changed'], ['reasoningOnly', 'reasoning only']];
  const changes_words = Object.fromEntries(changes), rank = Object.fromEntries(changes.map(([name], k) => [name, k]));
  const outcome = (name) => rubric.named('outcomes', name);
  const edit_words = (n) => n + '. ' + impact.edits[n - 1].clause;
  const name_of = (row) => row.case || row.source;
  const key_of = (row) => row.source + '\n' + row.line;

  const flow = document.getElementById('flow'), moves = impact.matrix.filter((each) => each.before !== each.after);
  if (moves.length > 0) rubric.flow(flow, moves.map((each) => ({ from: each.before, to: each.after, n: each.lines })));
  else flow.append(el('p', { class: 'soft' }, 'No line changes its outcome.'));
  if (impact.openAlike > 0) {
    flow.append(el('p', { class: 'soft' }, 'Lines that are open in both versions for the same reasons are in no row: ' + impact.openAlike + '.'));
  }

  const examples = new Map(impact.examples.map((each, k) => [key_of(each), k]));
  const rows = impact.changed.map((each, at) => ({
    ...each, at, name: name_of(each),
    text: [name_of(each), each.source, ...each.criteria.map((c) => c.criterion), ...each.edits.map(edit_words)].join('\n').toLowerCase(),
  }));

  const used = (key) => rubric.words.outcomes.filter((each) => rows.some((row) => row[key] === each.name)).map((each) => [each.name, each.words]);
  const criteria = [...new Set(rows.flatMap((row) => row.criteria.map((each) => each.criterion)))].sort();
  const status = (name) => rubric.named('statuses', name).words;
  const list = rubric.list({
    rows, describe: 'Lines that differ', placeholder: 'case, criterion, edit',
    fields: [
      { key: 'q', label: 'Search', test: rubric.search_test, chip: (v) => 'search: ' + v },
      { key: 'change', label: 'What differs', options: [['', 'anything'], ...changes], test: (v) => (row) => row.change === v, chip: (v) => changes_words[v] },
      { key: 'before', label: 'Outcome before', options: [['', 'any'], ...used('before')], test: (v) => (row) => row.before === v, chip: (v) => 'before: ' + outcome(v).words },
      { key: 'after', label: 'Outcome after', options: [['', 'any'], ...used('after')], test: (v) => (row) => row.after === v, chip: (v) => 'after: ' + outcome(v).words },
      { key: 'edit', label: 'Caused by', options: [['', 'any edit'], ...impact.edits.map((each) => [String(each.number), short(edit_words(each.number), 60)])],
        test: (v) => (row) => row.edits.includes(Number(v)), chip: (v) => 'edit ' + v },
      { key: 'criterion', label: 'Criterion', options: [['', 'any'], ...criteria.map((each) => [each, each])],
        test: (v) => (row) => row.criteria.some((each) => each.criterion === v), chip: (v) => 'criterion: ' + v },
    ],
    columns: [
      { key: 'case', label: 'Case', head: true, compare: rubric.by_text((row) => row.name), cell: (row) => [
        examples.has(key_of(row)) ? el('a', { href: '#example-' + (examples.get(key_of(row)) + 1), title: row.source, onclick: (event) => { event.preventDefault(); open_example(examples.get(key_of(row))); } }, row.name)
          : el('strong', { title: row.source }, row.name), el('span', { class: 'soft' }, ' line ' + row.line)] },
      { key: 'change', label: 'What differs', compare: (a, b) => rank[a.change] - rank[b.change], cell: (row) => changes_words[row.change] },
      { key: 'outcome', label: 'Outcome', bare: true, compare: rubric.by_text((row) => row.before + ' ' + row.after), cell: (row) => (row.before === row.after
        ? ['still ', rubric.badge(outcome(row.after))] : [rubric.badge(outcome(row.before)), el('span', { class: 'to' }, ' to '), rubric.badge(outcome(row.after))]) },
      { key: 'criteria', label: 'Criteria', compare: (a, b) => b.criteria.length - a.criteria.length, cell: (row) => (row.criteria.length === 0 ? []
        : [el('ul', { class: 'plain' }, row.criteria.slice(0, 3).map((each) => el('li', {}, el('span', { class: 'name' }, each.criterion), ': ' + status(each.before) + ' to ' + status(each.after)))),
          row.criteria.length > 3 ? el('span', { class: 'soft' }, 'and ' + (row.criteria.length - 3) + ' more') : null]) },
      { key: 'edits', label: 'Caused by', compare: (a, b) => (a.edits[0] || 99) - (b.edits[0] || 99), cell: (row) => (row.edits.length === 0 ? []
        : [row.edits.map((n, k) => [k > 0 ? (row.together ? ' and ' : ' or ') : null, el('a', { href: '#edit-' + n, title: edit_words(n), onclick: (event) => { event.preventDefault(); go('edit-' + n); } }, 'edit ' + n)]), row.together ? ' together' : null]) },
    ],
    count_words: (found) => (found.length === rows.length ? rubric.counted(rows.length, 'line') : rubric.number(found.length) + ' of ' + rubric.counted(rows.length, 'line')),
  });

  function go(id) {
    const goal = document.getElementById(id);
    goal.scrollIntoView();
    goal.setAttribute('tabindex', '-1');
    goal.focus({ preventScroll: true });
  }

  if (rows.length > 0) {
    document.getElementById('changed').replaceChildren(list.element);
    list.start();
    for (const button of document.querySelectorAll('[data-pick]')) {
      button.disabled = false;
      button.addEventListener('click', () => {
        list.pick({ ...Object.fromEntries(['q', 'change', 'before', 'after', 'edit', 'criterion'].map((key) => [key, ''])), ...Object.fromEntries(new URLSearchParams(button.dataset.pick)) });
        go('list');
      });
    }
  } else document.getElementById('changed').replaceChildren();

  // Both determinations of an example are laid out when somebody looks.
  function example(each, k) {
    const details = el('details', { class: 'panel example', id: 'example-' + (k + 1) }, el('summary', {},
      el('span', { class: 'name' }, name_of(each)), el('span', { class: 'soft' }, ' line ' + each.line + ' '),
      each.before === each.after ? ['still ', rubric.badge(outcome(each.after)), ' ' + changes_words[each.change]] : [rubric.badge(outcome(each.before)), ' to ', rubric.badge(outcome(each.after))]));
    details.fill = () => {
      if (details.childElementCount > 1) return;
      const sides = each.determinations.map((determination, side) => ({ name: side === 0 ? 'Before' : 'After', determination }));
      details.append(rubric.comparison(sides, { level: 3, what: ' of ' + name_of(each), only: true }));
    };
    details.addEventListener('toggle', () => details.open && details.fill());
    return details;
  }
  if (impact.examples.length > 0) {
    document.getElementById('examples').append(el('section', { 'aria-labelledby': 'examples-head' }, el('h2', { id: 'examples-head' }, 'Examples'),
      el('p', { class: 'soft small' }, 'The first lines of each way in which lines differ, with both determinations beside each other.'), impact.examples.map(example)));
  }
  function open_example(k) {
    const details = document.getElementById('example-' + (k + 1));
    details.fill();
    details.open = true;
    details.scrollIntoView();
    details.querySelector('summary').focus({ preventScroll: true });
  }
  // Paper has the examples too.
  let closed = [];
  window.addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('.example:not([open])')];
    for (const each of closed) each.fill(), (each.open = true);
  });
  window.addEventListener('afterprint', () => { for (const each of closed) each.open = false; });
})();
