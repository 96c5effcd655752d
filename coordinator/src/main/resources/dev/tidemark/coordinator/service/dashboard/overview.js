// All namespaces: the worst first.

import {get, path} from './api.js';
import {ago, badge, facts, h, link, note, problemBox} from './dom.js';
import {hasEnded, orderLink} from './follow.js';
import {panel} from './panel.js';
import {plural, words} from './text.js';

const EVERY = 10_000;
const WORST_FIRST = ['stuck', 'shredded', 'stopped', 'late', 'unknown', 'at-risk', 'ok'];
const KINDS = {ok: 'good', 'at-risk': 'fair', unknown: 'none'};

export function stateBadge(state) {
  return badge(KINDS[state] ?? 'bad', words(state));
}

/** Whether the objective is met, and why not, unless a problem says so as well. */
export function objective(status) {
  const kind = {met: 'good', 'at-risk': 'fair', missed: 'bad'}[status.objective] ?? 'none';
  const isSaid = status.problems.some(problem => problem.message.includes(status.objectiveReason));
  return h('span', {}, badge(kind, words(status.objective)), isSaid ? null : ` ${status.objectiveReason}`);
}

export function overview(view) {
  view.title('Namespaces');
  const filter = h('input', {type: 'search', id: 'filter', autocomplete: 'off', oninput: () => choose()});
  const search = h('p', {class: 'search', hidden: true}, h('label', {for: 'filter'}, 'Show namespaces with '), filter);
  view.content.append(search);
  const list = panel(view, {
    heading: 'State',
    class: 'bare',
    every: EVERY,
    load: async signal => {
      const orders = await tolerated(get(path('orders'), signal));
      const instance = await tolerated(get(path('instance'), signal));
      return {...await statuses(signal), orders: orders?.orders ?? [], instance};
    },
    render: ({problem, namespaces, orders, instance}) => {
      search.hidden = namespaces.length < 8;
      queueMicrotask(choose);
      return [
        problem ? problemBox(problem) : null,
        instance && !instance.leads ? follower(instance) : null,
        summary(namespaces),
        h('ul', {class: 'namespaces'}, sorted(namespaces).map(status =>
          row(status, orders.filter(order => order.namespace === status.namespace && !hasEnded(order))))),
      ];
    },
  });

  function choose() {
    const wanted = filter.value.trim().toLowerCase();
    for (const item of list.body.querySelectorAll('.namespaces > li')) {
      item.hidden = !item.dataset.name.toLowerCase().includes(wanted);
    }
  }
}

/** Orders are taken and known by the instance that leads. */
function follower({leader}) {
  const address = leader?.address ?? '';
  return h('p', {class: 'problem', role: 'status'},
    leader ? `This instance does not lead: the one on ${leader.host} does. Orders are made and shown there. `
      : 'No instance leads at the moment: no orders are taken. ',
    /^https?:\/\//.test(address) ? h('a', {href: address}, address) : null);
}

/** What is known of namespaces when their state can't be told: better than nothing. */
async function statuses(signal) {
  try {
    return await get(path('status'), signal);
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    const {namespaces} = await get(path('namespaces'), signal);
    return {
      problem: {message: error.message, code: error.code, hint: error.hint, retryable: error.retryable},
      namespaces: namespaces.map(bare),
    };
  }
}

function bare({namespace, backups, newest, problem}) {
  return {
    namespace,
    backups,
    state: 'unknown',
    newestGood: newest ? {...newest} : null,
    problems: problem ? [{state: 'unknown', message: problem, hint: ''}] : [],
    operation: null,
  };
}

async function tolerated(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    return null;
  }
}

function sorted(namespaces) {
  const rank = status => WORST_FIRST.indexOf(status.state);
  return [...namespaces].sort((a, b) => rank(a) - rank(b) || a.namespace.localeCompare(b.namespace));
}

function summary(namespaces) {
  if (namespaces.length === 0) {
    return note('There is no namespace that you may see.');
  }
  const numbers = WORST_FIRST
    .map(state => [namespaces.filter(status => status.state === state).length, state])
    .filter(([number]) => number > 0)
    .map(([number, state]) => `${number} ${words(state)}`);
  return h('p', {class: 'summary'}, `${plural(namespaces.length, 'namespace')}: ${numbers.join(', ')}.`);
}

function row(status, orders) {
  const running = orders.filter(order => order.state === 'RUNNING');
  const waiting = orders.length - running.length;
  return h('li', {'data-name': status.namespace, class: status.state},
    h('div', {class: 'name'}, h('h3', {}, link(status.namespace, 'ns', status.namespace)), stateBadge(status.state)),
    facts(
      ['Objective', status.objective ? objective(status) : null],
      ['Newest good backup', status.newestGood
        ? h('span', {}, link('state of', 'ns', status.namespace, 'backup', status.newestGood.backup), ' ',
          ago(status.newestGood.timeAtBackupTimestamp))
        : 'none'],
      ['Next due', nextDue(status)],
      ['Runs', running.length > 0
        ? running.map(order => orderLink(order, `${words(order.type)}${order.currentStep ? `: ${order.currentStep}` : ''}`))
        : status.operation ? operation(status.operation) : 'nothing'],
      ['Waits', waiting > 0 ? plural(waiting, 'order') : null]),
    problems(status));
}

export function nextDue(status) {
  return status.nextBackupDue
    ? h('span', {class: status.overdueSince ? 'overdue' : null}, status.overdueSince ? 'overdue, was due ' : '',
      ago(status.nextBackupDue))
    : 'not said';
}

export function operation(running) {
  return h('span', {}, `${words(running.type)}${running.step ? `: ${running.step}` : ''} on ${running.host}`,
    running.workedOn ? null : ' (nobody works on it)', running.stuck ? ' – stuck' : null);
}

export function problems(status) {
  return status.problems.length === 0 ? null : h('ul', {class: 'problems'}, status.problems.map(problem =>
    h('li', {}, stateBadge(problem.state), ` ${problem.message}`,
      problem.hint ? h('span', {class: 'hint'}, ` ${problem.hint}`) : null)));
}
