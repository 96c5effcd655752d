// Which backups retention keeps, and why.

import {get, path} from './api.js';
import {badge, h, note, table} from './dom.js';
import {backupLink} from './namespace.js';
import {panel} from './panel.js';
import {bytes, plural} from './text.js';

const SHOWN = 500;

export function retention(view, namespace) {
  view.title('Retention', ['Namespaces'], [namespace, 'ns', namespace]);
  panel(view, {
    heading: 'What would stay, and why',
    load: signal => get(path('namespaces', namespace, 'plans', 'expire'), signal),
    render: plan => content(namespace, plan),
  });
}

function content(namespace, {decisions, damaged}) {
  if (decisions.length === 0 && damaged.length === 0) {
    return note('There is no backup yet.');
  }
  const removed = decisions.filter(decision => decision.reasons.length === 0);
  return [
    h('p', {}, removed.length === 0
      ? `Retention keeps all of ${plural(decisions.length, 'backup')}.`
      : `Retention would remove ${plural(removed.length, 'backup')} of ${plural(decisions.length, 'backup')}.`),
    table('Decisions, the newest backup first', ['State of', 'Content', 'Becomes', 'Kept by'],
      decisions.slice(0, SHOWN).map(({backup, reasons}) => [
        backupLink(namespace, backup.backupId, backup.timeAtBackupTimestamp),
        bytes(backup.sizes.rawBytes),
        reasons.length > 0 ? badge('good', 'stays') : badge('fair', 'goes'),
        reasons.length > 0 ? reasons.join(', ') : 'no rule',
      ])),
    decisions.length > SHOWN ? note(`The newest ${SHOWN} are shown.`) : null,
    damaged.length === 0 ? null : h('p', {}, badge('bad', 'damaged'),
      ` These stay, since their manifests can't be believed: ${damaged.map(one => one.backupId).join(', ')}`),
  ];
}
