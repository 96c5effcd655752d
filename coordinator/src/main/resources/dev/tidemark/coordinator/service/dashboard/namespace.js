// One namespace.

import {change, get, path, requestName} from './api.js';
import {ago, badge, button, facts, fill, h, link, note, svg, table, time, to} from './dom.js';
import {followed, hasEnded, orderLink, orderState} from './follow.js';
import {objective, nextDue, operation, problems, stateBadge} from './overview.js';
import {act, panel} from './panel.js';
import {orderTable} from './orders.js';
import {schedules} from './schedules.js';
import {bytes, count, duration, plural, shortId, timestamp} from './text.js';
import {timeline} from './timeline.js';

const EVERY = 10_000;
const ORDERS_EVERY = 3_000;
const SHOWN = 20;
const ON_TIMELINE = 60;

export function namespace(view, name) {
  view.title(name, ['Namespaces']);
  const at = (...parts) => path('namespaces', name, ...parts);
  const place = h('div', {});
  const backUp = button('Back up now', event => act(event, place, async () => {
    const order = await change('POST', at('orders', 'backup'), {}, {'Idempotency-Key': requestName()});
    now.take(order);
  }), {class: 'primary'});
  view.content.append(h('div', {class: 'actions'}, backUp,
    h('a', {class: 'button', href: `#/ns/${encodeURIComponent(name)}/retention`}, 'What retention would keep')), place);

  const now = current(view, name, at, () => {
    state.refresh();
    backups.refresh();
    recent.refresh();
  });
  const state = panel(view, {
    heading: 'State',
    every: EVERY,
    load: signal => get(at('status'), signal),
    render: status => [
      h('p', {}, stateBadge(status.state)),
      problems(status),
      facts(
        ['Objective', objective(status)],
        ['Newest good backup', status.newestGood
          ? h('span', {}, link(shortId(status.newestGood.backup), 'ns', name, 'backup', status.newestGood.backup),
            ', state of ', ago(status.newestGood.timeAtBackupTimestamp))
          : 'none'],
        ['Next due', nextDue(status)],
        ['Unfinished', status.operation ? operation(status.operation) : null]),
    ],
  });
  const backups = panel(view, {
    heading: 'Backups',
    every: EVERY,
    load: async signal => {
      const [list, holds, found, journals] = await Promise.all([
        get(`${at('backups')}?limit=${ON_TIMELINE}`, signal),
        get(at('holds'), signal),
        get(at(), signal),
        get(at('operations'), signal)]);
      return {list, holds: holds.holds, found, failures: journals.operations.filter(isFailedBackup)};
    },
    render: loaded => backupList(view, name, loaded),
  });
  schedules(view, name, at);
  panel(view, {
    heading: 'Verification',
    load: signal => get(at('coverage'), signal),
    render: coverage,
  });
  const recent = panel(view, {
    heading: 'Recent orders',
    every: EVERY,
    load: signal => get(at('orders'), signal),
    render: ({orders}) => orderTable(orders.slice(0, SHOWN), false),
  });
}

function isFailedBackup({type, outcome}) {
  return type === 'backup' && outcome === 'FAILED';
}

/** What runs and what waits. The card of an order stays when it has ended, until somebody goes elsewhere. */
function current(view, name, at, onEnd) {
  const followedIds = new Set();
  const cards = h('div', {class: 'cards'});
  const shown = panel(view, {
    heading: 'Now',
    every: ORDERS_EVERY,
    load: async signal => (await get(at('orders'), signal)).orders.filter(order => !hasEnded(order)),
    render: orders => {
      orders.filter(order => order.state === 'RUNNING').forEach(take);
      const waiting = orders.filter(order => order.state === 'QUEUED' && !followedIds.has(order.id)).reverse();
      return [
        cards,
        cards.children.length === 0 && waiting.length === 0 ? note('Nothing runs and nothing waits.') : null,
        waiting.length === 0 ? null : h('ul', {class: 'plain'}, waiting.map(order =>
          h('li', {}, orderState(order), ' ', orderLink(order), ` by ${order.by}`))),
      ];
    },
  });
  return {take: order => {
    take(order);
    fill(shown.body, cards);
    shown.section.scrollIntoView({block: 'nearest'});
  }};

  function take(order) {
    if (!followedIds.has(order.id)) {
      followedIds.add(order.id);
      cards.prepend(followed(view, order, onEnd));
    }
  }
}

function backupList(view, name, {list, holds, found, failures}) {
  const held = new Map(holds.filter(hold => hold.active).map(hold => [hold.backup, hold.reason]));
  const damaged = new Set(found.damagedManifests);
  const unlisted = [...damaged].filter(id => !list.backups.some(backup => backup.backup === id));
  if (list.total === 0 && failures.length === 0 && unlisted.length === 0) {
    return note('There is no backup yet.');
  }
  return [
    timeline(name, {backups: list.backups, held, damaged, failures}, view.signal),
    unlisted.length === 0 ? null : h('p', {}, badge('bad', 'damaged'), ` manifests that can't be believed: ${unlisted.join(', ')}`),
    list.total === 0 ? null : h('p', {class: 'quiet'}, list.total > SHOWN ? `The newest ${SHOWN} of ${count(list.total)}:` : plural(list.total, 'backup')),
    list.total === 0 ? null : table('Backups, the newest first', ['State of', 'B', 'F', 'Took', 'Size', 'Added', 'Remarks'],
      list.backups.slice(0, SHOWN).map(backup => [
        backupLink(name, backup.backup, backup.timeAtBackupTimestamp),
        timestamp(backup.backupTimestamp),
        timestamp(backup.fastForwardTimestamp),
        duration(Date.parse(backup.finishedAt) - Date.parse(backup.createdAt)),
        bytes(backup.rawBytes),
        bytes(backup.storedBytes),
        remarks(backup, held),
      ])),
  ];
}

/** A backup by the time of its state, with its id below. */
export function backupLink(name, id, instant) {
  return h('div', {}, h('a', {href: to('ns', name, 'backup', id), 'data-key': id}, time(instant)), h('div', {class: 'id'}, id));
}

function remarks(backup, held) {
  return h('span', {},
    backup.degraded ? badge('fair', 'degraded') : null,
    held.has(backup.backup) ? ` held: ${held.get(backup.backup)}` : null,
    Object.entries(backup.labels).map(([key, value]) => h('span', {class: 'label'}, `${key}=${value}`)));
}

/** How much of what backups need was read, and when, as one bar and in words. */
function coverage(covered) {
  const parts = [
    ['fresh', `read within ${duration(covered.within)}`, covered.fresh],
    ['overdue', 'read before that', covered.overdue],
    ['never', 'never read', covered.never],
    ['damaged', 'damaged', covered.damaged],
  ];
  const all = Number(covered.all.bytes);
  if (all === 0) {
    return note('There is nothing to read yet.');
  }
  let x = 0;
  const bars = parts.map(([kind, , amount]) => {
    const width = Number(amount.bytes) / all * 100;
    const bar = svg('rect', {x, y: 0, width, height: 6, class: kind});
    x += width;
    return bar;
  });
  return [
    svg('svg', {class: 'coverage', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, bars),
    facts(...parts.map(([kind, text, amount]) => [
      h('span', {}, h('span', {class: `key ${kind}`, 'aria-hidden': 'true'}), text),
      Number(amount.packs) === 0 && kind !== 'fresh' ? 'nothing' : `${bytes(amount.bytes)} in ${plural(amount.packs, 'pack')}`])),
    h('p', {class: 'quiet'},
      `${covered.percent} % was read in time and is right. `,
      `${count(covered.certified)} of ${plural(covered.backups, 'backup')} have a valid certificate.`,
      covered.unknownBackups.length > 0 ? ` Nobody can say what is needed by ${covered.unknownBackups.join(', ')}.` : null),
  ];
}
