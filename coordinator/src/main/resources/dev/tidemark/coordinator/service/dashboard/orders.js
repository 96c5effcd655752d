// Orders: of all namespaces, of one, and one alone.

import {get, path} from './api.js';
import {ago, fill, h, link, note, problemBox, table} from './dom.js';
import {followed, hasEnded, orderLink, orderState} from './follow.js';
import {panel} from './panel.js';
import {words} from './text.js';

const EVERY = 5_000;

export function orders(view) {
  view.title('Orders');
  panel(view, {
    heading: 'Waiting, running and newest',
    every: EVERY,
    load: signal => get(path('orders'), signal),
    render: ({orders: all}) => orderTable(all, true),
  });
}

/** A table of orders, with what went wrong and what to do. */
export function orderTable(all, isOfAll) {
  if (all.length === 0) {
    return note('This service has carried out no orders since it started.');
  }
  const columns = [...(isOfAll ? ['Namespace'] : []), 'Order', 'State', 'By', 'Accepted'];
  return table('Orders, the newest first', columns, all.map(order => [
    ...(isOfAll ? [link(order.namespace, 'ns', order.namespace)] : []),
    orderLink(order, words(order.type)),
    h('div', {}, orderState(order), order.problem
      ? h('p', {class: 'why'}, order.problem.message,
        order.problem.hint ? h('span', {class: 'hint'}, ` ${order.problem.hint}`) : null)
      : null),
    order.by,
    ago(order.acceptedAt),
  ]));
}

export async function order(view, namespace, id) {
  view.title(`Order of ${namespace}`, ['Namespaces'], [namespace, 'ns', namespace]);
  const place = h('div', {}, note('Loading…'));
  view.content.append(place);
  try {
    const found = await get(path('namespaces', namespace, 'orders', id), view.signal);
    fill(place, followed(view, found, ended => report(place, ended)));
    if (hasEnded(found)) {
      report(place, found);
    }
  } catch (error) {
    if (error.name !== 'AbortError') {
      fill(place, problemBox(error));
    }
  }
}

function report(place, ended) {
  if (ended.report) {
    place.append(h('details', {}, h('summary', {}, 'Report'),
      h('pre', {tabindex: 0, 'aria-label': 'Report'}, JSON.stringify(ended.report, null, 2))));
  }
}
