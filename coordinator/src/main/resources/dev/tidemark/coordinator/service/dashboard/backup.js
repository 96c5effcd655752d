// One backup: what it holds, what keeps it, what proves it, what a restore would do.

import {get, path, text} from './api.js';
import {badge, facts, fill, h, link, note, problemBox, time} from './dom.js';
import {holds} from './holds.js';
import {panel} from './panel.js';
import {restorePreview} from './restore.js';
import {bytes, count, duration, plural, timestamp, words} from './text.js';

const CERTIFICATE_KINDS = {valid: 'good', outdated: 'fair', withdrawn: 'bad'};

export function backup(view, namespace, id) {
  view.title(id, ['Namespaces'], [namespace, 'ns', namespace]);
  const at = (...parts) => path('namespaces', namespace, ...parts);
  const detail = panel(view, {
    heading: 'What it holds',
    load: signal => get(at('backups', id), signal),
    render: found => {
      held.show(found.holds);
      return content(found);
    },
  });
  const held = holds(view, at, id, () => detail.refresh());
  panel(view, {
    heading: 'Certificate',
    load: async signal => {
      try {
        return await get(at('backups', id, 'certificate'), signal);
      } catch (error) {
        if (error.code === 'OBJECT_MISSING') {
          return {missing: error.message, hint: error.hint};
        }
        throw error;
      }
    },
    render: certificate,
  });
  restorePreview(view, at, namespace, id);
  view.content.append(h('p', {}, link('Runbook: how to restore this backup', 'ns', namespace, 'backup', id, 'runbook')));
}

function content(found) {
  const {summary} = found;
  return [
    summary.degraded || !summary.settled
      ? h('p', {}, summary.degraded ? badge('fair', 'degraded') : null, summary.degraded ? ' A replica is missing. ' : null,
        summary.settled ? null : badge('fair', 'not settled'))
      : null,
    facts(
      ['State of', time(summary.timeAtBackupTimestamp)],
      ['B, backup timestamp', h('code', {}, timestamp(summary.backupTimestamp))],
      ['F, fast-forward timestamp', h('code', {}, timestamp(summary.fastForwardTimestamp))],
      ['Immutable timestamp', h('code', {}, timestamp(found.immutableTimestamp))],
      ['Earliest that can be restored', h('code', {}, timestamp(summary.earliestRestorableTimestamp))],
      ['Begun', time(summary.createdAt)],
      ['Took', duration(Date.parse(summary.finishedAt) - Date.parse(summary.createdAt))],
      ['Content', `${bytes(summary.rawBytes)} in ${plural(summary.files, 'file')}`],
      ['Added to the archive', bytes(summary.storedBytes)],
      ['Stores', found.stores.map(store => h('div', {}, `${store.store}: ${store.nodes.join(', ')}`))],
      ['Backup before it', found.parentBackup || null],
      ['Labels', pairs(summary.labels)],
      ['Annotations', pairs(found.annotations)]),
  ];
}

function pairs(named) {
  const entries = Object.entries(named);
  return entries.length === 0 ? 'none' : entries.map(([name, value]) => h('div', {}, h('b', {}, name), `: ${value}`));
}

function certificate(found) {
  if (found.missing) {
    return [note(found.missing), found.hint ? note(found.hint) : null];
  }
  const state = words(found.state);
  return [
    h('p', {}, badge(CERTIFICATE_KINDS[state] ?? 'none', state),
      state === 'valid' ? ' Every byte was read, and is what was written.' : ` ${found.reason}`),
    facts(
      ['Signed', time(found.issuedAt)],
      ['By', found.issuedBy],
      ['Read', `${bytes(found.bytes)} in ${plural(found.packs, 'pack')}, level ${found.level}`],
      ['Between', h('span', {}, time(found.oldestVerification), ' and ', time(found.newestVerification))],
      ['About', h('span', {}, 'B ', h('code', {}, timestamp(found.backupTimestamp)), ', F ',
        h('code', {}, timestamp(found.fastForwardTimestamp)))],
      ['Certificate', `no. ${count(found.number)}, inventory ${count(found.inventoryGeneration)}`],
      ['Manifest SHA-256', h('code', {class: 'long'}, found.manifestSha256)],
      ['Inventory SHA-256', h('code', {class: 'long'}, found.inventorySha256)]),
  ];
}

/** The text of how to restore a backup, as it was generated for it. */
export async function runbook(view, namespace, id) {
  view.title('Runbook', ['Namespaces'], [namespace, 'ns', namespace], [id, 'ns', namespace, 'backup', id]);
  const place = h('div', {}, note('Loading…'));
  view.content.append(place);
  try {
    const found = await text(path('namespaces', namespace, 'backups', id, 'runbook'), view.signal);
    fill(place, h('pre', {tabindex: 0, 'aria-label': 'Runbook'}, found));
  } catch (error) {
    if (error.name !== 'AbortError') {
      fill(place, problemBox(error));
    }
  }
}
