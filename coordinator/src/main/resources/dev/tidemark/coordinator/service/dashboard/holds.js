// What keeps a backup whatever its age.

import {change} from './api.js';
import {ago, announce, badge, button, confirm, fill, h, note, table, time} from './dom.js';
import {act} from './panel.js';

/** Adds the part about holds; show() is told which there are. */
export function holds(view, at, backup, refresh) {
  const place = h('div', {});
  const list = h('div', {});
  const reason = h('input', {id: 'hold-reason', name: 'reason', required: true, maxlength: 200, autocomplete: 'off'});
  const until = h('input', {id: 'hold-until', name: 'until', type: 'datetime-local'});
  const form = h('form', {onsubmit: event => {
    event.preventDefault();
    act(event, place, async () => {
      await change('POST', at('holds'), {
        backup, reason: reason.value, ...(until.value ? {expiresAt: new Date(until.value).toISOString()} : {})});
      form.reset();
      announce('The hold is placed.');
      await refresh();
    });
  }},
  h('p', {}, h('label', {for: 'hold-reason'}, 'Why it has to stay'), reason),
  h('p', {}, h('label', {for: 'hold-until'}, 'Until (empty: until it is released)'), until),
  h('div', {class: 'actions'}, h('button', {}, 'Place a hold')));
  view.content.append(h('section', {'aria-labelledby': 'part-holds'},
    h('h2', {id: 'part-holds'}, 'Holds'), list, form, place));
  return {show: found => fill(list, found.length === 0
    ? note('Nothing holds it: retention may remove it.')
    : table('Holds', ['Why', 'By', 'Since', 'Until', ''], found.map(hold => [
      hold.reason,
      hold.placedBy,
      ago(hold.placedAt),
      h('span', {}, hold.expiresAt ? time(hold.expiresAt) : 'released', hold.active ? null : badge('none', 'has run out')),
      button('Release', event => release(event, hold), {'data-key': `release ${hold.hold}`}),
    ])))};

  async function release(event, hold) {
    const origin = event.currentTarget;
    if (await confirm(`Release the hold “${hold.reason}”? Retention may then remove the backup.`, 'Release it')) {
      await act({currentTarget: origin}, place, async () => {
        await change('DELETE', at('holds', hold.hold));
        announce('The hold is released.');
        await refresh();
      });
    }
  }
}
