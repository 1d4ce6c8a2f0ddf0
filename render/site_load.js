// The data of a report. A page that was opened from a disk can fetch nothing, but it can load scripts: each data file is
// a script that hands its data over by calling a function of ours.
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {});
  const asked = {};

  function load(name) {
    if (!asked[name]) {
      const entry = (asked[name] = {});
      entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
      const script = document.createElement('script');
      script.src = 'data/' + name + '.js';
      script.onload = () => entry.reject(new Error('data/' + name + '.js is damaged'));  // after its call, this does nothing
      script.onerror = () => entry.reject(new Error('data/' + name + '.js cannot be read'));
      document.head.append(script);
    }
    return asked[name].promise;
  }

  window.rubric_index = (data) => asked.index.resolve(data);
  window.rubric_parts = (data) => asked.parts.resolve(data);
  window.rubric_part = (number, text) => asked[number].resolve(text);

  async function unpack(text) {
    if (!window.DecompressionStream) throw new Error('this browser is from before 2023 and cannot unpack it');
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text();
  }

  rubric.index = () => load('index');
  rubric.parts = () => load('parts');

  // The page of the case with this number, as text.
  rubric.page = async function (number) {
    const { cases, starts } = await rubric.parts();
    if (!(Number.isInteger(number) && number >= 0 && number < cases)) throw new Error('the report has no such case');
    let part = starts.length - 1;
    while (starts[part] > number) --part;
    // Pieces that several pages have stand there once.
    const { texts, pages } = JSON.parse(await unpack(await load(part)));
    return pages[number - starts[part]].map((each) => texts[each]).join('');
  };

  rubric.case_address = (number, list, fragment) =>
    'case.html?n=' + number + (list ? '&list=' + encodeURIComponent(list) : '') + (fragment ? '#' + fragment : '');
  // From a page's address to the list as it was filtered.
  rubric.list_address = (query) => 'index.html' + (query.get('list') ? '#' + query.get('list') : '');

  rubric.say_problem = function (problem) {
    const says = document.getElementById('says');
    says.setAttribute('role', 'alert');
    says.textContent = 'This cannot be shown: ' + problem.message + '.';
  };
})();
