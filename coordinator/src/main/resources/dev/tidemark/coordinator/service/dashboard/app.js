// The frame: who is signed in, and which view is shown.

import {dropToken, get, hasToken, keepToken, path} from './api.js';
import {approvals, waiting} from './approvals.js';
import {backup, runbook} from './backup.js';
import {fill, h, note, problemBox, refreshAges, to} from './dom.js';
import {namespace} from './namespace.js';
import {order, orders} from './orders.js';
import {overview} from './overview.js';
import {repeat} from './panel.js';
import {retention} from './retention.js';

const ROUTES = [
  [/^$/, overview],
  [/^orders$/, orders],
  [/^approvals$/, approvals],
  [/^ns\/([^/]+)$/, namespace],
  [/^ns\/([^/]+)\/retention$/, retention],
  [/^ns\/([^/]+)\/order\/([^/]+)$/, order],
  [/^ns\/([^/]+)\/backup\/([^/]+)$/, backup],
  [/^ns\/([^/]+)\/backup\/([^/]+)\/runbook$/, runbook],
];
const AGES_EVERY = 5_000;
const APPROVALS_EVERY = 30_000;

const main = document.getElementById('main');
const navigation = document.getElementById('navigation');
const signOut = document.getElementById('sign-out');
let shown = new AbortController();
let signedIn = null;

function show() {
  shown.abort();
  shown = new AbortController();
  const address = location.hash.replace(/^#\/?/, '');
  const [view, parts] = find(address) ?? [missing, []];
  const heading = h('h1', {tabindex: -1});
  const trail = h('nav', {'aria-label': 'Where this is', class: 'trail'});
  const content = h('div', {});
  fill(main, trail, heading, content);
  for (const place of navigation.querySelectorAll('a')) {
    const isCurrent = place.getAttribute('href') === `#/${address}`;
    isCurrent ? place.setAttribute('aria-current', 'page') : place.removeAttribute('aria-current');
  }
  view({content, signal: shown.signal, title: (text, ...above) => {
    heading.textContent = text;
    document.title = `${text} – Tidemark`;
    fill(trail, above.map(([name, ...place]) => [h('a', {href: to(...place)}, name), ' / ']));
  }}, ...parts);
  return heading;
}

function find(address) {
  for (const [pattern, view] of ROUTES) {
    const match = pattern.exec(address);
    if (match) {
      try {
        return [view, match.slice(1).map(decodeURIComponent)];
      } catch {
        return null;
      }
    }
  }
  return null;
}

function missing(view) {
  view.title('Not here');
  view.content.append(note('There is nothing at this address.'));
}

function signIn(problem) {
  if (problem && !hasToken() && document.getElementById('token')) {
    return; // several questions were under way with the same token
  }
  shown.abort();
  signedIn?.abort();
  signedIn = null;
  navigation.hidden = true;
  const isWrong = problem && hasToken();
  dropToken();
  document.title = 'Sign in – Tidemark';
  const token = h('input', {id: 'token', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false'});
  fill(main, h('h1', {}, 'Sign in'),
    h('form', {class: 'sign-in', onsubmit: event => {
      event.preventDefault();
      keepToken(token.value.trim());
      start();
    }},
    h('p', {}, h('label', {for: 'token'}, 'Token'), token),
    h('div', {class: 'actions'}, h('button', {class: 'primary'}, 'Sign in')),
    isWrong ? problemBox(problem) : null,
    note('It is kept until this tab is closed. Make one with “tidemark token new”.')));
  token.focus();
}

/** A client certificate is enough; so the first question goes out without asking for a token. */
async function start() {
  try {
    await get(path('namespaces'));
  } catch (error) {
    if (error.status !== 401) {
      fill(main, h('h1', {}, 'Tidemark'), problemBox(error),
        h('div', {class: 'actions'}, h('button', {type: 'button', onclick: start}, 'Try again')));
    }
    return;
  }
  signedIn?.abort();
  signedIn = new AbortController();
  navigation.hidden = false;
  signOut.hidden = !hasToken();
  show();
  repeat(signedIn.signal, APPROVALS_EVERY, countApprovals);
}

async function countApprovals() {
  const counter = document.getElementById('waiting');
  try {
    const number = waiting((await get(path('approvals'))).approvals).length;
    counter.textContent = ` (${number})`;
    counter.hidden = number === 0;
  } catch {
    counter.hidden = true;
  }
}

addEventListener('unauthorized', event => signIn(event.detail));
addEventListener('hashchange', () => {
  if (signedIn) {
    show().focus();
  }
});
signOut.addEventListener('click', () => signIn(null));
setInterval(refreshAges, AGES_EVERY);
start();
