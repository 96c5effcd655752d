// An order, and how it gets on: steps, nodes, rate, time left, notes, its end.

import {change, follow, path} from './api.js';
import {ago, announce, badge, button, confirm, facts, fill, h, link, note, problemBox, time} from './dom.js';
import {act} from './panel.js';
import {bytes, count, duration, plural, shortId, words} from './text.js';

const KINDS = {QUEUED: 'none', RUNNING: 'busy', SUCCEEDED: 'good', FAILED: 'bad', CANCELLED: 'fair'};
const RATE_OVER_MILLIS = 20_000;

export function hasEnded(order) {
  return order.endedAt !== null;
}

export function orderState(order) {
  return badge(KINDS[order.state] ?? 'none', words(order.state));
}

export function orderLink(order, text = `${order.type} ${shortId(order.id)}`) {
  return link(text, 'ns', order.namespace, 'order', order.id);
}

/** How fast a step is, over the last seconds: an average from the beginning would hide that it has come to a standstill. */
export class Rate {
  #step = '';
  #samples = [];

  /** Takes a sample and returns bytes a second, or null as long as nothing can be said. */
  add(step, doneBytes, now) {
    if (step !== this.#step) {
      this.#step = step;
      this.#samples = [];
    }
    this.#samples.push({doneBytes, now});
    while (this.#samples.length > 2 && now - this.#samples[1].now >= RATE_OVER_MILLIS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    return now > first.now ? (doneBytes - first.doneBytes) / (now - first.now) * 1000 : null;
  }
}

/** Milliseconds that are left at a rate, or null when nobody knows. */
export function timeLeft(doneBytes, totalBytes, rate) {
  return totalBytes > 0 && rate > 0 ? Math.max(0, totalBytes - doneBytes) / rate * 1000 : null;
}

/**
 * Shows an order and follows it until its end.
 *
 * onEnd is told the order when it has ended while it was shown.
 */
export function followed(view, order, onEnd = () => {}) {
  const card = new Card(order);
  if (!hasEnded(order)) {
    follow(path('namespaces', order.namespace, 'orders', order.id), view.signal, next => {
      card.show(next);
      if (hasEnded(next)) {
        onEnd(next);
      }
    }).catch(error => card.fail(error));
  }
  return card.element;
}

class Card {
  #rate = new Rate();
  #announced = '';
  #place = h('div', {});
  #head = h('header', {});
  #body = h('div', {});
  #actions = h('div', {class: 'actions'});

  constructor(order) {
    this.element = h('article', {class: 'order', 'aria-label': `${order.type} of ${order.namespace}`},
      this.#head, this.#body, this.#actions, this.#place);
    if (!hasEnded(order)) {
      this.#actions.append(button('Cancel', event => this.#cancel(event, order)));
    }
    this.show(order);
  }

  show(order) {
    this.element.dataset.state = order.state;
    fill(this.#head, h('h3', {}, orderLink(order, `${words(order.type)} of ${order.namespace}`)), orderState(order));
    fill(this.#body, this.#facts(order), steps(order), this.#progress(order), nodes(order), notes(order),
      order.problem ? problemBox(order.problem) : null, outcome(order));
    if (hasEnded(order)) {
      fill(this.#actions);
    }
    const news = `${words(order.type)} of ${order.namespace}: ${words(order.state)} ${order.currentStep}`;
    if (news !== this.#announced) {
      this.#announced = news;
      announce(news);
    }
  }

  fail(error) {
    fill(this.#place, problemBox(error));
  }

  #facts(order) {
    return facts(
      ['Asked for by', order.by],
      ['Accepted', ago(order.acceptedAt)],
      ['Ended', hasEnded(order) ? time(order.endedAt) : null],
      ['Took', hasEnded(order) ? duration(Date.parse(order.endedAt) - Date.parse(order.acceptedAt)) : null]);
  }

  #progress(order) {
    if (order.state !== 'RUNNING' || !order.currentStep) {
      return null;
    }
    const {doneBytes, totalBytes, doneItems} = order.progress;
    const rate = this.#rate.add(order.currentStep, doneBytes, performance.now());
    const left = timeLeft(doneBytes, totalBytes, rate);
    const parts = [
      totalBytes > 0 ? `${bytes(doneBytes)} of ${bytes(totalBytes)}` : doneBytes > 0 ? bytes(doneBytes) : null,
      doneItems > 0 ? plural(doneItems, 'item') : null,
      rate > 0 ? `${bytes(rate)}/s` : null,
      left === null ? null : `${duration(left)} left`,
    ].filter(part => part !== null);
    return h('div', {class: 'progress'},
      h('progress', totalBytes > 0
        ? {max: totalBytes, value: Math.min(doneBytes, totalBytes), 'aria-label': `step ${order.currentStep}`}
        : {'aria-label': `step ${order.currentStep}`}),
      h('p', {}, parts.length > 0 ? parts.join(' · ') : 'under way'));
  }

  async #cancel(event, order) {
    const origin = event.currentTarget;
    if (await confirm(`Cancel the ${words(order.type)} of ${order.namespace}?`, 'Cancel it')) {
      await act({currentTarget: origin}, this.#place, async () => {
        await change('DELETE', path('namespaces', order.namespace, 'orders', order.id));
        fill(this.#place, note('It ends its step and is cleaned up.'));
      });
    }
  }
}

function steps(order) {
  const items = order.stepsDone.map(step => h('li', {class: 'done'}, h('span', {class: 'unseen'}, 'done: '), step));
  if (order.currentStep) {
    items.push(h('li', {class: 'current', 'aria-current': 'step'}, order.currentStep));
  }
  return items.length > 0 ? h('ol', {class: 'steps', 'aria-label': 'Steps'}, items) : null;
}

function nodes(order) {
  const known = order.progress?.nodes ?? [];
  return known.length === 0 ? null : h('ul', {class: 'nodes', 'aria-label': 'Nodes'},
    known.map(node => h('li', {}, h('code', {}, node.node), ` ${bytes(node.doneBytes)}, ${plural(node.doneItems, 'file')}`)));
}

function notes(order) {
  return order.notes.length === 0 ? null : h('details', {open: order.notes.length <= 3},
    h('summary', {}, `Notes (${count(order.notes.length)})`),
    h('ul', {class: 'notes'}, order.notes.map(text => h('li', {}, text))));
}

function outcome(order) {
  if (order.state !== 'SUCCEEDED' || order.type !== 'backup' || !order.report?.backupId) {
    return null;
  }
  return h('p', {}, link('Open this backup', 'ns', order.namespace, 'backup', order.report.backupId));
}
