// What runs by the clock, and whether it is paused.

import {change, get} from './api.js';
import {ago, badge, button, h, link, note, table} from './dom.js';
import {act, panel} from './panel.js';
import {words} from './text.js';

const EVERY = 15_000;
const TICK_KINDS = {RAN: 'good', STARTED: 'busy', CLAIMED: 'busy', FAILED: 'bad', GIVEN_UP: 'bad'};

export function schedules(view, name, at) {
  const place = h('div', {});
  const shown = panel(view, {
    heading: 'Schedules',
    every: EVERY,
    load: signal => get(at('schedules'), signal),
    render: ({schedules: all}) => all.length === 0
      ? note('Nothing runs by the clock: this namespace has no schedules.')
      : [
        table('Schedules', ['Schedule', 'Runs', 'When', 'Next', 'Last'], all.map(schedule => [
          schedule.name,
          words(schedule.run),
          h('span', {}, h('code', {}, schedule.cron), ` ${schedule.zone}`),
          schedule.paused ? badge('fair', 'paused') : ago(schedule.nextTick),
          lastTick(name, schedule.lastTick),
        ])),
        pauseState(all.find(schedule => schedule.paused)?.paused),
        place,
      ],
  });

  function pauseState(paused) {
    if (paused) {
      return h('div', {class: 'paused'},
        h('p', {}, badge('fair', 'paused'), ` by ${paused.by} `, ago(paused.since), paused.reason ? `: ${paused.reason}` : ''),
        button('Resume schedules', event => act(event, place, async () => {
          await change('DELETE', at('pause'));
          await shown.refresh();
        })));
    }
    const reason = h('input', {id: 'pause-reason', name: 'reason', maxlength: 200, required: true, autocomplete: 'off'});
    return h('details', {}, h('summary', {}, 'Pause schedules'),
      h('form', {onsubmit: event => {
        event.preventDefault();
        act(event, place, async () => {
          await change('POST', at('pause'), {reason: reason.value});
          await shown.refresh();
        });
      }},
      h('p', {}, h('label', {for: 'pause-reason'}, 'Why'), reason),
      h('div', {class: 'actions'}, h('button', {}, 'Pause'))));
  }
}

function lastTick(name, tick) {
  if (!tick) {
    return 'none yet';
  }
  return h('span', {}, badge(TICK_KINDS[tick.state] ?? 'none', words(tick.state)), ' ', ago(tick.tick),
    tick.order ? [' ', link('order', 'ns', name, 'order', tick.order)] : null);
}
