// index.html: pictures, search and filters, and the list. What is chosen stands in the page's address, so that a filtered
// list can be kept, sent and gone back to.
(async function () {
  'use strict';
  const rubric = window.rubric, { el } = rubric;
  const root = document.getElementById('report');
  const rows_a_page = 50;
  const chosen = {};
  const compared = new Map();  // case number to name, at most two
  let index, rows, all_missing = false;

  const kept = ['q', 'outcome', 'criterion', 'status', 'rule', 'state', 'missing', 'code', 'who', 'sort', 'page'];
  function read_address() {
    const query = new URLSearchParams(location.hash.slice(1));
    for (const key of kept) chosen[key] = query.get(key) || '';
  }
  function address() {
    const query = new URLSearchParams();
    for (const key of kept) if (chosen[key]) query.set(key, chosen[key]);
    return query.toString();
  }

  // Whatever is picked, the list begins at its first page; typing does not fill the history.
  function pick(changes, typed) {
    Object.assign(chosen, { page: '' }, changes);
    if (!chosen.criterion) chosen.status = '';
    if (!chosen.rule) chosen.state = '';
    history[typed ? 'replaceState' : 'pushState'](null, '', '#' + address());
    show();
  }

  function select(key, label, options, attributes) {
    const id = 'choose-' + key;
    return el('div', { class: 'field' }, el('label', { for: id }, label),
      el('select', { id, onchange: (event) => pick({ [key]: event.target.value }), ...attributes },
        options.map(([value, words]) => el('option', { value }, words))));
  }
  const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + '…' : text);

  // The codes there are, with their service's words where a line has them. Without one there is nothing to choose.
  function codes() {
    const services = new Map();
    for (const { code, service } of index.services) if (code && !services.get(code)) services.set(code, service);
    return [...services].map(([code, service]) => [code, lined(code, service)]);
  }
  const lined = (name, words) => (words && words !== name ? name + ': ' + short(words, 60) : name);

  function controls() {
    const { outcomes, statuses, states } = rubric.words;
    const used = new Set(rows.map((each) => each.outcome.name));
    return el('form', { class: 'panel choices', role: 'search', 'aria-label': 'The list of lines', onsubmit: (event) => event.preventDefault() },
      el('div', { class: 'field search' }, el('label', { for: 'choose-q' }, 'Search'),
        el('input', { id: 'choose-q', type: 'search', autocomplete: 'off', placeholder: 'case, code, service, rule, what is missing', oninput: (event) => pick({ q: event.target.value }, true) })),
      select('outcome', 'Outcome', [['', 'any'], ...[...outcomes, rubric.unread].filter((each) => used.has(each.name)).map((each) => [each.name, each.words])]),
      select('criterion', 'Criterion', [['', 'any'], ...index.criteria.map((each) => [each.name, lined(each.name, each.sentence)])]),
      select('status', 'Its status', [['', 'any'], ...statuses.map((each) => [each.name, each.words])]),
      select('missing', 'Missing', [['', 'anything or nothing'], ...index.facts.map((each) => [each.fact, short(rubric.fact_words(each), 60) + (each.ask ? ' (' + each.fact + ')' : '')])]),
      select('code', 'Code', [['', 'any'], ...codes()]),
      select('rule', 'Rule', [['', 'any'], ...index.rules.map((each) => [each, each])]),
      select('state', 'Its state', [['', 'any'], ...states.map((each) => [each.name, each.words])]),
      select('who', 'Who signs', [['', 'anyone'], ['clinician', 'a clinician must sign'], ['person', 'a person must decide'], ['nobody', 'nobody has to']]));
  }

  const columns = [
    ['case', 'Case'], ['service', 'Service'], ['date', 'Date'], ['outcome', 'Outcome'], ['decided', 'Decided by'], ['missing', 'Missing'],
  ];
  function sort_head([key, words]) {
    const now = chosen.sort === key ? 'ascending' : chosen.sort === '-' + key ? 'descending' : 'none';
    const next = { none: key, ascending: '-' + key, descending: '' }[now];
    return el('th', { scope: 'col', class: 'col-' + key, 'aria-sort': now === 'none' ? null : now, role: 'columnheader' },
      el('button', { type: 'button', class: 'sort', 'data-sort': key, onclick: () => { pick({ sort: next }); root.querySelector('[data-sort=' + key + ']').focus(); } },
        words, el('span', { 'aria-hidden': 'true' }, { none: ' ↕', ascending: ' ↑', descending: ' ↓' }[now])));
  }

  function choose_compared(row, on) {
    if (on) compared.set(row.number, row.name);
    else compared.delete(row.number);
    if (compared.size > 2) compared.delete(compared.keys().next().value);
    for (const box of root.querySelectorAll('[data-compare]')) box.checked = compared.has(Number(box.dataset.compare));
    show_compared();
  }

  function list_row(row) {
    const fragment = row.sequence === undefined ? '' : 'line-' + row.sequence;
    const missing = row.missing.map((each) => rubric.fact_words(index.facts[each]));
    const cell = (key, label, ...inside) => el('td', { role: 'cell', class: 'col-' + key, 'data-label': label }, el('div', {}, inside));
    return el('tr', { role: 'row' },
      el('td', { role: 'cell', class: 'col-compare' }, el('input', {
        type: 'checkbox', 'data-compare': row.number, checked: compared.has(row.number),
        'aria-label': 'Compare case ' + row.name + (row.sequence === undefined ? '' : ' (line ' + row.sequence + ')'),
        onchange: (event) => choose_compared(row, event.target.checked),
      })),
      el('th', { role: 'rowheader', scope: 'row', class: 'col-case' }, el('a', { href: rubric.case_address(row.number, address(), fragment), title: row.source }, row.name),
        row.sequence === undefined ? null : el('span', { class: 'soft' }, ' line ' + row.sequence)),
      row.code === undefined ? cell('service', 'Service')
        : cell('service', 'Service', el('span', { class: 'code' }, row.code || 'not documented'), ' ', el('span', { class: 'soft said' }, row.service)),
      cell('date', 'Date', row.date || ''),
      cell('outcome', 'Outcome', rubric.badge(row.outcome), row.clinician ? el('span', { class: 'soft small' }, ' a clinician signs') : null),
      row.says ? cell('decided', 'Reason', row.says.map((each) => el('p', { class: 'said' }, each))) : cell('decided', 'Decided by', row.decided_by),
      cell('missing', 'Missing', missing.length === 0 ? null
        : [el('span', { class: 'said' }, short(missing[0], 80)), missing.length > 1 ? el('span', { class: 'soft', title: missing.slice(1).join('\n') }, ' and ' + (missing.length - 1) + ' more') : null]));
  }

  function pager(count, page, pages) {
    if (pages < 2) return null;
    const step = (words, to) => el('button', {
      type: 'button', class: 'tool', disabled: to < 0 || to >= pages,
      onclick: () => { pick({ page: to === 0 ? '' : String(to + 1) }); document.getElementById('list').focus(); },
    }, words);
    return el('nav', { class: 'pager', 'aria-label': 'Pages of the list' }, step('First', page === 0 ? -1 : 0), step('Previous', page - 1),
      el('span', {}, 'Page ' + (page + 1) + ' of ' + pages), step('Next', page + 1), step('Last', page === pages - 1 ? -1 : pages - 1));
  }

  const named = {
    q: (v) => 'search: ' + v,
    outcome: (v) => 'outcome: ' + [...rubric.words.outcomes, rubric.unread].find((each) => each.name === v)?.words,
    criterion: (v) => 'criterion: ' + v + (chosen.status ? ' ' + rubric.named('statuses', chosen.status).words : ''),
    rule: (v) => 'rule: ' + v + (chosen.state ? ' ' + rubric.named('states', chosen.state).words : ''),
    missing: (v) => 'missing: ' + rubric.fact_words(index.facts.find((each) => each.fact === v) || { fact: v }),
    code: (v) => 'code: ' + v,
    who: (v) => ({ clinician: 'a clinician must sign', person: 'a person must decide', nobody: 'nobody has to sign' })[v],
  };
  function chips() {
    const active = Object.keys(named).filter((key) => chosen[key]);
    if (active.length === 0) return [];
    return [
      ...active.map((key) => el('button', { type: 'button', class: 'chip', onclick: () => { pick({ [key]: '' }); document.getElementById('choose-' + key).focus(); } },
        el('span', { class: 'said' }, short(named[key](chosen[key]), 70)), el('span', { 'aria-hidden': 'true' }, ' ×'), el('span', { class: 'only-heard' }, ' (remove this filter)'))),
      el('button', { type: 'button', class: 'chip all', onclick: () => { pick(Object.fromEntries(Object.keys(named).map((key) => [key, '']))); document.getElementById('choose-q').focus(); } }, 'Remove all filters'),
    ];
  }

  function show_compared() {
    const bar = document.getElementById('compared');
    const [a, b] = [...compared];
    bar.hidden = !a;
    bar.replaceChildren(
      el('span', {}, !a ? '' : b ? 'Chosen: ' + a[1] + ' and ' + b[1] : 'Chosen: ' + a[1] + '. Choose another case to compare it with.'),
      b ? el('a', { class: 'go', href: 'compare.html?a=' + a[0] + '&b=' + b[0] + (address() ? '&list=' + encodeURIComponent(address()) : '') }, 'Compare them') : '',
      el('button', { type: 'button', class: 'tool', onclick: () => { compared.clear(); for (const box of root.querySelectorAll('[data-compare]')) box.checked = false; show_compared(); } }, 'Choose none'));
  }

  const put = (id, ...inside) => document.getElementById(id).replaceChildren(...inside.flat().filter(Boolean));

  function show() {
    for (const key of kept) {
      const field = document.getElementById('choose-' + key);
      if (field && field.value !== chosen[key]) field.value = chosen[key];
    }
    document.getElementById('choose-status').disabled = !chosen.criterion;
    document.getElementById('choose-state').disabled = !chosen.rule;
    const found = rubric.matching(index, rows, chosen);
    const focus = document.activeElement && document.activeElement.closest('[data-keep]') && { in: document.activeElement.closest('[data-keep]').id, text: document.activeElement.textContent, label: document.activeElement.getAttribute('aria-label') };
    put('outcomes', rubric.outcome_picture(rubric.matching(index, rows, chosen, 'outcome'), chosen, pick));
    put('missing', rubric.missing_picture(index, rubric.matching(index, rows, chosen, 'missing'), chosen, pick, all_missing, () => { all_missing = !all_missing; show(); }));
    put('criteria', rubric.criteria_picture(index, rubric.matching(index, rows, chosen, 'criterion'), chosen, pick));
    // What had the focus was made anew: its successor takes it.
    if (focus) [...document.querySelectorAll('#' + focus.in + ' button')].find((each) => (focus.label ? each.getAttribute('aria-label') === focus.label : each.textContent === focus.text))?.focus();

    const pages = Math.max(1, Math.ceil(found.length / rows_a_page)), page = Math.min(pages, Math.max(1, Number(chosen.page) || 1)) - 1;
    const cases = new Set(found.map((each) => each.number)).size;
    put('found', found.length === rows.length ? rubric.counted(found.length, 'line') + ' of ' + rubric.counted(cases, 'case')
      : rubric.number(found.length) + ' of ' + rubric.counted(rows.length, 'line') + ', ' + rubric.counted(cases, 'case'));
    put('chips', chips());
    put('heads', el('th', { scope: 'col', role: 'columnheader', class: 'col-compare' }, el('span', { class: 'only-heard' }, 'Compare')), columns.map(sort_head));
    put('lines', rubric.sorted(found, chosen.sort).slice(page * rows_a_page, (page + 1) * rows_a_page).map(list_row));
    put('nothing', found.length === 0 ? 'No line matches. Remove a filter, or search for less.' : '');
    put('pages', pager(found.length, page, pages));
    show_compared();
  }

  function frame() {
    const panel = (id, words, attributes) => el('section', { class: 'panel', 'aria-labelledby': id + '-head', ...attributes }, el('h2', { id: id + '-head' }, words), el('div', { id, 'data-keep': true }));
    const criteria = el('details', { class: 'panel criteria', open: !window.matchMedia('(max-width: 46rem)').matches }, el('summary', {}, el('h2', {}, 'Criteria')), el('div', { id: 'criteria', class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Criteria', 'data-keep': true }));
    root.replaceChildren(
      el('div', { class: 'overview' }, panel('outcomes', 'Outcomes'), panel('missing', 'What is missing')),
      criteria,
      el('section', { 'aria-labelledby': 'list' },
        el('h2', { id: 'list', tabindex: '-1' }, 'Lines'),
        controls(),
        el('div', { class: 'found' }, el('p', { id: 'found', role: 'status' }), el('div', { id: 'chips' })),
        el('div', { class: 'panel lines' }, el('table', { class: 'list', role: 'table' }, el('caption', { class: 'only-heard' }, 'The lines that match; the heads sort'),
          el('thead', { role: 'rowgroup' }, el('tr', { id: 'heads', role: 'row' })), el('tbody', { id: 'lines', role: 'rowgroup' })), el('p', { id: 'nothing', class: 'soft' })),
        el('div', { id: 'pages' })),
      el('div', { id: 'compared', class: 'compared', role: 'region', 'aria-label': 'Comparison', hidden: true }));
    root.removeAttribute('aria-busy');
  }

  try {
    index = await rubric.index();
    rows = rubric.rows(index);
    read_address();
    frame();
    show();
    // A page that is gone back to stands where it stood.
    window.addEventListener('popstate', () => { read_address(); show(); });
  } catch (problem) {
    root.replaceChildren(el('p', { class: 'panel', id: 'says' }));
    rubric.say_problem(problem);
  }
})();
