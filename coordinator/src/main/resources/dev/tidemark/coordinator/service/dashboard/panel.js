// A part of a view that loads its own data: it says so when it can't, and leaves the other parts alone.

import {Problem, pause} from './api.js';
import {fill, h, note, problemBox} from './dom.js';

/** Fields that change with each answer and are not shown: ages are counted in the page. */
const PASSING = new Set(['at', 'ageMillis', 'silentMillis']);

/**
 * Adds a section to a view.
 *
 * options.load: asks the service, given a signal; options.render: makes content of the answer;
 * options.every: milliseconds between two questions, or nothing for one question.
 */
export function panel(view, options) {
  const id = `part-${options.heading.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  const body = h('div', {class: 'body'}, note('Loading…'));
  const section = h('section', {'aria-labelledby': id, class: options.class},
    h('h2', {id}, options.heading), body);
  view.content.append(section);
  let shown = null;
  const refresh = async () => {
    let answer;
    try {
      answer = await options.load(view.signal);
    } catch (error) {
      if (error instanceof Problem && !view.signal.aborted) {
        shown = null;
        fill(body, problemBox(error));
      } else if (error.name !== 'AbortError') {
        throw error;
      }
      return;
    }
    const state = JSON.stringify(answer, (key, value) => PASSING.has(key) ? undefined : value);
    if (state !== shown && !view.signal.aborted && !isWrittenIn(body)) {
      shown = state;
      fill(body, options.render(answer));
    }
  };
  repeat(view.signal, options.every, refresh);
  return {section, body, refresh};
}

/** What somebody is writing is not taken away. */
function isWrittenIn(body) {
  return body.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement;
}

/** Does something at once, and then each time after so many milliseconds, while somebody looks at the page. */
export async function repeat(signal, millis, action) {
  await action();
  while (millis && !signal.aborted) {
    await pause(millis, signal);
    if (!signal.aborted && !document.hidden) {
      await action();
    }
  }
}

/** Does what a button or a form is for, once at a time; what goes wrong is said at a place near it. */
export async function act(event, place, action) {
  const origin = event.currentTarget;
  const control = origin instanceof HTMLFormElement ? origin.querySelector('button:not([type=button])') : origin;
  if (control.getAttribute('aria-busy') === 'true') {
    return;
  }
  control.setAttribute('aria-busy', 'true');
  fill(place);
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    fill(place, problemBox(error));
  } finally {
    control.removeAttribute('aria-busy');
  }
}
