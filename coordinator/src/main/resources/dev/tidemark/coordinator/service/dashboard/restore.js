// What a restore would do. It is looked at here and carried out elsewhere: from the runbook, on purpose.

import {change} from './api.js';
import {announce, badge, facts, fill, h, note, table, time} from './dom.js';
import {act} from './panel.js';
import {bytes, count, plural, timestamp} from './text.js';

export function restorePreview(view, at, namespace, backup) {
  const place = h('div', {});
  const result = h('div', {tabindex: -1});
  const moment = h('input', {id: 'restore-at', name: 'at', autocomplete: 'off', placeholder: 'the backup’s own'});
  const replace = h('input', {id: 'restore-replace', name: 'replace', type: 'checkbox'});
  const form = h('form', {onsubmit: event => {
    event.preventDefault();
    act(event, place, async () => {
      fill(result);
      const order = {backup, replaceExisting: replace.checked, ...(moment.value.trim() ? {at: moment.value.trim()} : {})};
      fill(result, plan(await change('POST', at('plans', 'restore'), order), namespace, order));
      announce('The plan of the restore is ready.');
      result.focus();
    });
  }},
  h('p', {}, h('label', {for: 'restore-at'}, 'Moment: a timestamp, or a time such as 2026-05-01T12:00:00Z'), moment),
  h('p', {class: 'check'}, replace, h('label', {for: 'restore-replace'}, 'Replace what is in the stores')),
  h('div', {class: 'actions'}, h('button', {}, 'Preview a restore')));
  view.content.append(h('section', {'aria-labelledby': 'part-restore'},
    h('h2', {id: 'part-restore'}, 'Restore'),
    note('The preview makes all checks of a restore and changes nothing.'), form, place, result));
}

function plan(found, namespace, order) {
  const files = found.nodes.reduce((sum, node) => sum + Number(node.files), 0);
  const size = found.nodes.reduce((sum, node) => sum + Number(node.bytes), 0);
  return h('div', {class: 'plan'},
    h('h3', {}, 'Plan'),
    h('p', {}, `${plural(files, 'file')}, ${bytes(size)}, to ${plural(found.nodes.length, 'node')}.`),
    found.degraded ? h('p', {}, badge('fair', 'degraded'), ' The backup lacks replicas: every table is repaired.') : null,
    facts(
      ['Restores exactly the commits up to', h('code', {}, timestamp(found.targetTimestamp))],
      ['Commits above it that are aborted', found.expectedAborts],
      ['State of', time(found.timeAtBackupTimestamp)],
      ['The oracle then issues only timestamps above', h('code', {}, timestamp(found.fastForwardTarget))],
      ['What is in the stores', found.existingData === 'REPLACE' ? 'is set aside and replaced' : 'must be nothing'],
      ['Tables', found.tables.length === 0 ? 'all' : found.tables.join(', ')]),
    table('What each node gets', ['Node', 'From', 'Files', 'Size'], found.nodes.map(node => [
      `${node.store}/${node.node}`,
      node.sources.length === 0 ? 'the repair' : node.sources.join(', '),
      count(node.files),
      bytes(node.bytes)])),
    h('h4', {}, 'Steps'),
    h('ol', {class: 'steps'}, found.steps.map(step => h('li', {}, step))),
    found.notes.length === 0 ? null : h('ul', {class: 'notes'}, found.notes.map(text => h('li', {}, text))),
    h('p', {class: 'quiet'}, 'To carry it out: ', h('code', {}, [
      `tidemark restore ${namespace} --backup ${found.backupId}`,
      order.at ? ` --at ${order.at}` : '',
      order.replaceExisting ? ' --replace-existing' : ''].join(''))));
}
