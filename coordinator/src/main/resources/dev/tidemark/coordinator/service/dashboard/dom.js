// Builds the page. What comes from the service only ever becomes text nodes and attributes: nothing is read as markup.

import {distance, local, utc} from './text.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an element. Attributes named on... are listeners; those that are null, undefined or false are left out. */
export function h(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false);
}

/** Puts other content into an element. Who was on something with a data-key is on what has the same key afterwards. */
export function fill(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  element.replaceChildren(...present(children));
  if (key) {
    element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({preventScroll: true});
  }
  return element;
}

export function link(text, ...path) {
  return h('a', {href: to(...path), 'data-key': path.join('/')}, text);
}

/** The address of a place in this page. */
export function to(...path) {
  return `#/${path.map(encodeURIComponent).join('/')}`;
}

/** An instant in the reader's zone, with UTC in its title. */
export function time(instant) {
  return instant ? h('time', {datetime: instant, title: utc(instant)}, local(instant)) : '–';
}

/** How long ago an instant was, kept up to date; the instant itself is in its title. */
export function ago(instant) {
  return instant
    ? h('time', {datetime: instant, title: `${local(instant)} (${utc(instant)})`, 'data-ago': true},
        distance(instant, Date.now()))
    : '–';
}

export function refreshAges() {
  for (const element of document.querySelectorAll('time[data-ago]')) {
    element.textContent = distance(element.dateTime, Date.now());
  }
}

const SYMBOLS = {good: '●', fair: '▲', bad: '■', busy: '◆', none: '○'};

/** A state in a word and a shape; the colour says it once more. */
export function badge(kind, text) {
  return h('span', {class: `badge ${kind}`}, h('span', {'aria-hidden': 'true'}, SYMBOLS[kind]), ` ${text}`);
}

/** Names and values; pairs whose value is null are left out. */
export function facts(...pairs) {
  return h('dl', {class: 'facts'}, pairs.filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

/** A table with a caption for those who can't see it; on narrow screens each row becomes a block. */
export function table(caption, columns, rows) {
  return h('table', {role: 'table'},
    h('caption', {class: 'unseen'}, caption),
    h('thead', {role: 'rowgroup'},
      h('tr', {role: 'row'}, columns.map(name => h('th', {scope: 'col', role: 'columnheader'}, name)))),
    h('tbody', {role: 'rowgroup'}, rows.map(cells => h('tr', {role: 'row'},
      cells.map((cell, index) => h('td',
        {role: 'cell', 'data-label': columns[index], class: isNumber(cell) ? 'number' : null}, cell))))));
}

function isNumber(cell) {
  return typeof cell === 'string' && /^\d/.test(cell);
}

export function button(text, onclick, attributes = {}) {
  return h('button', {type: 'button', onclick, 'data-key': text, ...attributes}, text);
}

/** What went wrong: message, code and what to do about it. */
export function problemBox(problem) {
  return h('div', {class: 'problem', role: 'alert'},
    h('p', {class: 'message'}, problem.message),
    problem.hint ? h('p', {class: 'hint'}, h('strong', {}, 'What to do: '), problem.hint) : null,
    h('p', {class: 'code'}, problem.code, problem.retryable ? ' – may pass by itself' : ''));
}

export function note(text) {
  return h('p', {class: 'quiet'}, text);
}

/** Says something to those who can't see it. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}

/** Asks before something is done that can't be taken back. */
export function confirm(question, action) {
  return new Promise(resolve => {
    const dialog = h('dialog', {'aria-labelledby': 'question', onclose: () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    }},
    h('form', {method: 'dialog'},
      h('p', {id: 'question'}, question),
      h('div', {class: 'actions'},
        h('button', {value: 'no'}, 'Back'),
        h('button', {value: 'yes', class: 'danger'}, action))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
