// Speaks to the service. The token is kept for as long as this tab is open, goes out in a header, and nowhere else.

const TOKEN = 'tidemark.token';
const ROOT = '/api/v1/';

/** Why the service has not done what was asked of it. */
export class Problem extends Error {
  constructor(status, code, message, hint, retryable, members = {}) {
    super(message);
    Object.assign(this, {status, code, hint, retryable, members});
  }
}

export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

export function dropToken() {
  sessionStorage.removeItem(TOKEN);
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN) !== null;
}

/** The address of something in the API: the parts of its path, each of which may hold any character. */
export function path(...parts) {
  return ROOT + parts.map(encodeURIComponent).join('/');
}

/** Reads something. */
export async function get(address, signal) {
  return decode(await send('GET', address, {signal}));
}

/** Changes something. */
export async function change(method, address, body, headers = {}) {
  return decode(await send(method, address, {body, headers}));
}

export async function text(address, signal) {
  return (await send('GET', address, {signal, headers: {Accept: '*/*'}})).text();
}

/** A name under which a request that is sent again is the same request. */
export function requestName() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `dashboard-${[...random].map(byte => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * Follows an order until it has ended. The browser's own EventSource can't send a header, hence this. What is lost on the
 * way, by a restart of the service too, is asked for again.
 */
export async function follow(address, signal, onOrder) {
  let revision = 0;
  let ended = false;
  while (!ended && !signal.aborted) {
    try {
      const response = await send('GET', `${address}/events`,
        {signal, headers: {Accept: 'text/event-stream', 'Last-Event-ID': String(revision)}});
      for await (const order of events(response.body)) {
        revision = order.revision;
        ended = order.endedAt !== null;
        onOrder(order);
      }
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      if (error instanceof Problem && !error.retryable) {
        throw error;
      }
    }
    if (!ended) {
      revision = 0; // another process counts anew
      await pause(1000, signal);
    }
  }
}

export function pause(millis, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, millis);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, {once: true});
  });
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (true) {
    const {value, done} = await reader.read();
    if (done) {
      return;
    }
    const blocks = (text + value).split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const data = block.split('\n').filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n');
      if (data) {
        yield parse(data);
      }
    }
  }
}

async function send(method, address, {signal, body, headers = {}}) {
  const all = {Accept: 'application/json', ...headers};
  const token = sessionStorage.getItem(TOKEN);
  if (token !== null) {
    all.Authorization = `Bearer ${token}`;
  }
  if (body !== undefined) {
    all['Content-Type'] = 'application/json';
  }
  let response;
  try {
    response = await fetch(address, {
      method, signal, headers: all, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store'});
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Problem(0, 'NOT_REACHED', 'the service does not answer', 'Wait: the page asks again.', true);
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

async function refusal(response) {
  let problem;
  try {
    problem = parse(await response.text());
  } catch {
    problem = {};
  }
  const {code = `HTTP_${response.status}`, detail = 'the service has refused', hint = '', retryable = false} = problem;
  const failure = new Problem(response.status, code, detail, hint, retryable, problem);
  if (response.status === 401) {
    dispatchEvent(new CustomEvent('unauthorized', {detail: failure}));
  }
  return failure;
}

async function decode(response) {
  const body = await response.text();
  return body === '' ? null : parse(body);
}

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Reads JSON; whole numbers of more than 15 digits, which a number of this language can't hold, become text. */
export function parse(json) {
  return JSON.parse(json.replace(TOKENS, token => /^-?\d{16,}$/.test(token) ? `"${token}"` : token));
}
