// A list with search, filters, sorting and pages. What is chosen stands in the page's address, so that a filtered list can
// be kept, sent and gone back to. It knows nothing of what the rows are.
//
//   fields   {key, label, options: [[value, words]], test: (value, chosen) => (row) => bool, chip: (value, chosen) => words}
//            `of`: the field that it says more about, and without which it means nothing. The search field has no options.
//   columns  {key, label, head: true for the row's name, bare: true where no label is needed on a card, cell: (row) => nodes, compare: (a, b) => number}
//   rows     objects; `at` is the place of each
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {}), { el } = rubric;
  const rows_a_page = 50;

  rubric.short = (text, most) => (text.length > most ? text.slice(0, most - 1) + '…' : text);
  // Every word of the search stands somewhere in the row's `text`, which is in lower case.
  rubric.search_test = function (words) {
    const all = words.toLowerCase().split(/\s+/).filter(Boolean);
    return (row) => all.every((each) => row.text.includes(each));
  };
  const order = new Intl.Collator('en', { numeric: true });
  rubric.by_text = (text) => (a, b) => order.compare(text(a) || '', text(b) || '');

  // The rows that match what is chosen; `but`: as if this one were not chosen.
  rubric.matching = function (rows, fields, chosen, but) {
    const tests = fields.filter((each) => each.test && chosen[each.key] && each.key !== but).map((each) => each.test(chosen[each.key], chosen));
    return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)));
  };
  // By "outcome" or "-outcome"; what is equal stays in the order of the rows.
  rubric.sorted = function (rows, columns, sort = '') {
    const by = columns.find((each) => each.compare && each.key === sort.replace('-', '')), sign = sort.startsWith('-') ? -1 : 1;
    return by ? rows.slice().sort((a, b) => sign * by.compare(a, b) || a.at - b.at) : rows;
  };

  rubric.list = function ({ rows, fields, columns, placeholder, count_words, describe, shown }) {
    const chosen = {}, keys = [...fields.map((each) => each.key), 'sort', 'page'];
    const list = { chosen, rows };

    function read_address() {
      const query = new URLSearchParams(location.hash.slice(1));
      for (const key of keys) chosen[key] = query.get(key) || '';
    }
    list.address = function () {
      const query = new URLSearchParams();
      for (const key of keys) if (chosen[key]) query.set(key, chosen[key]);
      return query.toString();
    };

    // Whatever is picked, the list begins at its first page; typing does not fill the history.
    list.pick = function (changes, typed) {
      Object.assign(chosen, { page: '' }, changes);
      for (const field of fields) if (field.of && !chosen[field.of]) chosen[field.key] = '';
      history[typed ? 'replaceState' : 'pushState'](null, '', '#' + list.address());
      show();
    };

    list.matching = (but) => rubric.matching(rows, fields, chosen, but);

    function field(each) {
      const id = 'choose-' + each.key;
      const input = each.options
        ? el('select', { id, onchange: (event) => list.pick({ [each.key]: event.target.value }) }, each.options.map(([value, words]) => el('option', { value }, words)))
        : el('input', { id, type: 'search', autocomplete: 'off', placeholder, oninput: (event) => list.pick({ [each.key]: event.target.value }, true) });
      return el('div', { class: each.options ? 'field' : 'field search' }, el('label', { for: id }, each.label), input);
    }

    function sort_head({ key, label, compare, heard }) {
      const now = chosen.sort === key ? 'ascending' : chosen.sort === '-' + key ? 'descending' : 'none';
      const next = { none: key, ascending: '-' + key, descending: '' }[now];
      return el('th', { scope: 'col', role: 'columnheader', class: 'col-' + key, 'aria-sort': now === 'none' ? null : now },
        !compare ? el('span', { class: heard ? 'only-heard' : null }, label)
          : el('button', { type: 'button', class: 'sort', 'data-sort': key, onclick: () => { list.pick({ sort: next }); table.querySelector('[data-sort=' + key + ']').focus(); } },
            label, el('span', { 'aria-hidden': 'true' }, { none: ' ↕', ascending: ' ↑', descending: ' ↓' }[now])));
    }

    function list_row(row) {
      return el('tr', { role: 'row' }, columns.map(({ key, label, head, bare, cell }) => (head
        ? el('th', { role: 'rowheader', scope: 'row', class: 'col-' + key }, cell(row))
        : el('td', { role: 'cell', class: 'col-' + key + (bare ? ' bare' : ''), 'data-label': label }, el('div', {}, cell(row))))));
    }

    function pager(page, pages) {
      if (pages < 2) return [];
      const step = (words, to) => el('button', {
        type: 'button', class: 'tool', disabled: to < 0 || to >= pages,
        onclick: () => { list.pick({ page: to === 0 ? '' : String(to + 1) }); head.focus(); },
      }, words);
      return [el('nav', { class: 'pager', 'aria-label': 'Pages of the list' }, step('First', page === 0 ? -1 : 0), step('Previous', page - 1),
        el('span', {}, 'Page ' + (page + 1) + ' of ' + pages), step('Next', page + 1), step('Last', page === pages - 1 ? -1 : pages - 1))];
    }

    function chips() {
      const active = fields.filter((each) => each.chip && chosen[each.key]);
      if (active.length === 0) return [];
      const focus = (key) => document.getElementById('choose-' + key).focus();
      return [
        ...active.map((each) => el('button', { type: 'button', class: 'chip', onclick: () => { list.pick({ [each.key]: '' }); focus(each.key); } },
          el('span', { class: 'said' }, rubric.short(each.chip(chosen[each.key], chosen), 70)), el('span', { 'aria-hidden': 'true' }, ' ×'), el('span', { class: 'only-heard' }, ' (remove this filter)'))),
        el('button', { type: 'button', class: 'chip all', onclick: () => { list.pick(Object.fromEntries(fields.map((each) => [each.key, '']))); focus(fields[0].key); } }, 'Remove all filters'),
      ];
    }

    const head = el('h2', { id: 'list', tabindex: '-1' }, describe);
    const found_words = el('p', { id: 'found', role: 'status' }), chip_place = el('div', { id: 'chips' }), pages_place = el('div', { id: 'pages' });
    const heads = el('tr', { role: 'row' }), lines = el('tbody', { id: 'lines', role: 'rowgroup' }), nothing = el('p', { id: 'nothing', class: 'soft' });
    const table = el('table', { class: 'list', role: 'table', 'aria-label': describe }, el('thead', { role: 'rowgroup' }, heads), lines);
    list.element = el('section', { 'aria-labelledby': 'list' }, head,
      el('form', { class: 'panel choices', role: 'search', 'aria-label': describe, onsubmit: (event) => event.preventDefault() }, fields.map(field)),
      el('div', { class: 'found' }, found_words, chip_place), el('div', { class: 'panel lines' }, table, nothing), pages_place);

    function show() {
      for (const each of fields) {
        const input = document.getElementById('choose-' + each.key);
        if (input.value !== chosen[each.key]) input.value = chosen[each.key];
        if (each.of) input.disabled = !chosen[each.of];
      }
      const found = list.matching();
      const pages = Math.max(1, Math.ceil(found.length / rows_a_page)), page = Math.min(pages, Math.max(1, Number(chosen.page) || 1)) - 1;
      found_words.replaceChildren(count_words(found));
      chip_place.replaceChildren(...chips());
      heads.replaceChildren(...columns.map(sort_head));
      lines.replaceChildren(...rubric.sorted(found, columns, chosen.sort).slice(page * rows_a_page, (page + 1) * rows_a_page).map(list_row));
      nothing.textContent = found.length === 0 ? 'No line matches. Remove a filter, or search for less.' : '';
      pages_place.replaceChildren(...pager(page, pages));
      if (shown) shown(list);
    }

    // Once the element stands in the page. A page that is gone back to stands where it stood.
    list.start = function () {
      read_address();
      show();
      window.addEventListener('popstate', () => { read_address(); show(); });
    };
    return list;
  };

  // Makes the inside of a place anew; what had the focus there is followed by its successor, so that the keyboard stays.
  rubric.remake = function (place, ...inside) {
    const button = place.contains(document.activeElement) ? document.activeElement : null;
    const name = (each) => each.getAttribute('aria-label') || each.textContent;
    place.replaceChildren(...inside.flat().filter(Boolean));
    if (button) [...place.querySelectorAll('button')].find((each) => name(each) === name(button))?.focus();
  };
})();
