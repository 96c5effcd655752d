// Backups along time, each with its two timestamps: B, whose state it holds, and F, from which a restored oracle goes on.

import {ago, fill, h, link, svg, to} from './dom.js';
import {local, timestamp, utc} from './text.js';

const HEIGHT = 168;
const LEFT = 34;
const RIGHT = 18;
const MIN_GAP = 18;
const MOST = 60;
const Y = {flag: 16, b: 46, f: 92, axis: 128, text: 152};

/**
 * Draws backups and failures.
 *
 * backups are newest first, as the API lists them; held tells why a backup is held, by id; damaged has the ids of those whose
 * manifests can't be believed; failures are journals of backups that have failed.
 */
export function timeline(namespace, {backups, held, damaged, failures}, signal) {
  const drawing = svg('svg', {class: 'timeline', role: 'group', 'aria-label': 'Backups along time; arrow keys move'});
  const readout = h('p', {class: 'readout'});
  const figure = h('figure', {}, drawing, readout, legend());
  let width = 0;
  const watcher = new ResizeObserver(() => {
    const available = Math.floor(figure.clientWidth);
    if (available !== width && available > 0) {
      width = available;
      draw();
    }
  });
  watcher.observe(figure);
  signal.addEventListener('abort', () => watcher.disconnect(), {once: true});
  return figure;

  function draw() {
    const most = Math.min(MOST, Math.floor((width - LEFT - RIGHT) / MIN_GAP));
    const marks = [
      ...backups.map(backup => ({at: backup.timeAtBackupTimestamp, backup})),
      ...failures.map(failure => ({at: failure.startedAt, failure})),
    ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(-most);
    place(marks, width);
    drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    drawing.setAttribute('width', String(width));
    drawing.setAttribute('height', String(HEIGHT));
    const elements = marks.map((mark, index) => element(mark, index === marks.length - 1));
    fill(drawing, rails(), elements, ends(marks));
    drawing.onkeydown = event => move(event, elements);
    if (marks.length > 0) {
      select(marks[marks.length - 1], elements[elements.length - 1]);
    }
  }

  function rails() {
    return [['B', Y.b], ['F', Y.f]].map(([name, y]) => [
      svg('text', {x: 4, y: y + 5, class: 'rail-name'}, name),
      svg('line', {x1: LEFT - 10, x2: width - 4, y1: y, y2: y, class: 'rail'}),
    ]).concat(svg('line', {x1: LEFT - 10, x2: width - 4, y1: Y.axis, y2: Y.axis, class: 'axis'}));
  }

  function ends(marks) {
    if (marks.length === 0) {
      return [];
    }
    const last = marks[marks.length - 1];
    const texts = [svg('text', {x: width - 4, y: Y.text, 'text-anchor': 'end'}, local(last.at))];
    if (marks.length > 1 && width > 420) {
      texts.push(svg('text', {x: LEFT - 10, y: Y.text}, local(marks[0].at)));
    }
    return texts;
  }

  function element(mark, isLast) {
    const shape = mark.backup ? good(mark) : failed(mark);
    const target = mark.backup ? to('ns', namespace, 'backup', mark.backup.backup) : null;
    const anchor = svg('a', {
      href: target,
      class: 'mark',
      tabindex: isLast ? 0 : -1,
      role: target ? 'link' : 'img',
      'aria-label': says(mark),
      'data-key': mark.backup ? `mark ${mark.backup.backup}` : `mark ${mark.failure.operationId}`,
    }, svg('rect', {x: mark.x - 8, y: 6, width: 16, height: Y.axis, class: 'touch'}), shape);
    anchor.addEventListener('focus', () => select(mark, anchor));
    anchor.addEventListener('pointerenter', () => select(mark, anchor));
    return anchor;
  }

  function good({backup, x}) {
    const state = damaged.has(backup.backup) ? 'bad' : backup.degraded ? 'fair' : 'good';
    return [
      svg('line', {x1: x, x2: x, y1: Y.b, y2: Y.axis, class: 'stem'}),
      svg('circle', {cx: x, cy: Y.b, r: 6, class: `point ${state}`}),
      svg('rect', {x: x - 4.5, y: Y.f - 4.5, width: 9, height: 9, class: `point ${state}`, transform: `rotate(45 ${x} ${Y.f})`}),
      held.has(backup.backup)
        ? svg('path', {d: `M${x} ${Y.b - 8}V${Y.flag - 8}h9l-3 4 3 4h-9`, class: 'flag'})
        : null,
    ];
  }

  function failed({x}) {
    return svg('path', {d: `M${x - 5} ${Y.axis - 5}l10 10m0 -10l-10 10`, class: 'cross'});
  }

  function says({backup, failure, at}) {
    if (failure) {
      return `Failed backup of ${local(at)}: ${failure.message}`;
    }
    const reason = held.get(backup.backup);
    return `Backup with the state of ${local(at)}, B ${timestamp(backup.backupTimestamp)}, `
      + `F ${timestamp(backup.fastForwardTimestamp)}${backup.degraded ? ', degraded' : ''}`
      + `${damaged.has(backup.backup) ? ', damaged' : ''}${reason === undefined ? '' : `, held: ${reason}`}`;
  }

  function select(mark, anchor) {
    drawing.querySelector('.selected')?.classList.remove('selected');
    anchor.classList.add('selected');
    drawing.querySelectorAll('.value').forEach(value => value.remove());
    const {backup, failure, at, x} = mark;
    if (failure) {
      fill(readout, h('strong', {}, 'Failed'), ' ', ago(at), ' – ', failure.message);
      return;
    }
    const side = x > width / 2 ? {x: x - 12, 'text-anchor': 'end'} : {x: x + 12};
    drawing.append(
      svg('text', {...side, y: Y.b - 9, class: 'value'}, timestamp(backup.backupTimestamp)),
      svg('text', {...side, y: Y.f - 9, class: 'value'}, timestamp(backup.fastForwardTimestamp)));
    const reason = held.get(backup.backup);
    fill(readout,
      link('Open', 'ns', namespace, 'backup', backup.backup), ' the state of ',
      h('time', {datetime: at, title: utc(at)}, local(at)), ': ',
      'B ', h('b', {}, timestamp(backup.backupTimestamp)), ', F ', h('b', {}, timestamp(backup.fastForwardTimestamp)),
      backup.degraded ? ', degraded' : null,
      reason === undefined ? null : `, held: ${reason}`);
  }
}

/** In proportion to time, as far as no two come to lie on each other. */
function place(marks, width) {
  const from = Date.parse(marks[0]?.at);
  const span = Math.max(1, Date.parse(marks[marks.length - 1]?.at) - from);
  const room = width - LEFT - RIGHT;
  marks.forEach((mark, index) => {
    const wanted = LEFT + (marks.length === 1 ? room : (Date.parse(mark.at) - from) / span * room);
    mark.x = index === 0 ? wanted : Math.max(wanted, marks[index - 1].x + MIN_GAP);
  });
  for (let index = marks.length - 1; index >= 0; index--) {
    const limit = index === marks.length - 1 ? width - RIGHT : marks[index + 1].x - MIN_GAP;
    marks[index].x = Math.min(marks[index].x, limit);
  }
}

function move(event, elements) {
  const index = elements.indexOf(document.activeElement);
  const next = {ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: elements.length - 1}[event.key];
  if (index >= 0 && next !== undefined && elements[next]) {
    event.preventDefault();
    elements.forEach((element, number) => element.setAttribute('tabindex', number === next ? '0' : '-1'));
    elements[next].focus();
  }
}

function legend() {
  return h('figcaption', {class: 'quiet'},
    'B: the backup holds exactly the commits up to it. F: a restored oracle issues only greater ones. ',
    'A flag is a hold, a cross a backup that failed.');
}
