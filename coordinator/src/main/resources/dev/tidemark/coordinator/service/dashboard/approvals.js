// What waits for a second person.

import {change, get, path} from './api.js';
import {ago, badge, button, confirm, facts, h, note} from './dom.js';
import {act, panel} from './panel.js';
import {words} from './text.js';

const EVERY = 10_000;

/** Those that can still be decided. */
export function waiting(list) {
  return list.filter(approval => !approval.decision && Date.parse(approval.expiresAt) > Date.now());
}

export function approvals(view) {
  view.title('Approvals');
  const shown = panel(view, {
    heading: 'Requests that need a second person',
    every: EVERY,
    load: signal => get(path('approvals'), signal),
    render: ({approvals: all}) => all.length === 0
      ? note('Nothing waits for anybody.')
      : h('ul', {class: 'cards'}, all.map(approval => card(approval, () => shown.refresh()))),
  });
}

function card(approval, refresh) {
  const {operation, namespace, request} = approval.subject;
  const place = h('div', {});
  const decide = (verb, question) => async event => {
    const origin = event.currentTarget;
    if (await confirm(question, verb === 'approve' ? 'Approve' : 'Refuse')) {
      await act({currentTarget: origin}, place, async () => {
        await change('POST', path('approvals', approval.id, verb));
        await refresh();
      });
    }
  };
  return h('li', {},
    h('header', {},
      h('h3', {}, `${words(operation)}${namespace ? ` of ${namespace}` : ''}`),
      state(approval)),
    facts(
      ['Asked for by', `${approval.requestedBy} (${words(approval.role)})`],
      ['Asked', ago(approval.requestedAt)],
      ['Can be decided and used until', ago(approval.expiresAt)],
      ['Decided by', approval.decision ? approval.decision.by : null],
      ['Used', approval.usedAt ? ago(approval.usedAt) : null]),
    h('pre', {tabindex: 0, 'aria-label': 'The request, to the byte'}, `${request.method} ${request.target}\n${request.body}`),
    waiting([approval]).length === 0 ? null : h('div', {class: 'actions'},
      button('Approve', decide('approve', `Let ${approval.requestedBy} send this request, once?`),
        {'data-key': `approve ${approval.id}`}),
      button('Refuse', decide('refuse', `Refuse this request of ${approval.requestedBy}?`),
        {'data-key': `refuse ${approval.id}`})),
    place);
}

function state(approval) {
  if (approval.usedAt) {
    return badge('none', 'used');
  }
  if (approval.decision) {
    return approval.decision.verdict === 'APPROVED' ? badge('good', 'approved') : badge('bad', 'refused');
  }
  return badge('fair', 'waits');
}
