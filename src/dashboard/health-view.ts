import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { Counted, ShownHealth } from '../server/console/wire.ts';
import { get, post, useLoaded } from './api.ts';
import type { ViewProps } from './app.ts';
import { CallChart } from './call-chart.ts';
import { Badge, Decide, Facts, Problem, Table, Time } from './parts.ts';

const POLL_MS = 3_000;
/** The disk is called near its reserve below this many times of it. */
const NEAR = 4;

/** How the server stands, and the switches for when it stands badly. */
export function HealthView({ who, pulse }: ViewProps) {
  const [tick, setTick] = useState(0);
  const stamp = `${tick} ${pulse?.killSwitch} ${pulse?.broken.join()}`;
  const { data, problem, again } = useLoaded<ShownHealth>('health', stamp);
  useEffect(() => {
    const timer = setInterval(() => setTick((now) => now + 1), POLL_MS);
    return () => clearInterval(timer);
  }, []);
  if (!data) return html`<${Problem} text=${problem} />`;
  const mayDecide = who.operator?.mayDecide ?? false;
  return html`
    <${Problem} text=${problem} />
    <${Switch} state=${data.killSwitch} mayDecide=${mayDecide} hint=${who.hint} again=${again} />
    <section aria-labelledby="calls">
      <h2 id="calls">Calls</h2>
      <${Facts} facts=${[
        ['Since the start', data.calls.toLocaleString('en')],
        ...data.byOutcome.map(({ name, count }) => [name, count.toLocaleString('en')] as const),
        ['Half took at most', quantile(data.latency, 0.5)],
        ['95 of 100 took at most', quantile(data.latency, 0.95)],
      ]} />
      <${CallChart} health=${data} />
    </section>
    <div class="columns">
      <${Counts} title="By tool" counts=${data.byTool} none="Nothing was called yet." />
      <${Counts} title="Writes refused by rule" counts=${data.refusedByRule} none="The gate refused nothing yet." />
      <${Counts} title="Errors by code" counts=${data.errors} none="No call ended in an error yet." />
    </div>
    <${Breakers} breakers=${data.breakers} mayDecide=${mayDecide} again=${again} />
    <${AuditState} audit=${data.audit} disk=${data.disk} />`;
}

function Switch({
  state,
  mayDecide,
  hint,
  again,
}: {
  state: ShownHealth['killSwitch'];
  mayDecide: boolean;
  hint: string | undefined;
  again(): void;
}) {
  const set = (on: boolean) => (reason: string) => post('kill-switch', { on, reason }).finally(again);
  const isOff = state.state === 'off';
  return html`<section class=${`panel ${isOff ? '' : 'alarm'}`} aria-labelledby="switch">
    <h2 id="switch">Kill switch</h2>
    <p role="status">
      ${isOff ? 'Off: writes are open where links and flags open them.' : 'On: nobody writes, in any process on this data directory.'}
      ${state.state === 'unreadable' ? ' Its file cannot be read, which counts as on.' : ''}
      ${state.by && html` By ${state.by}, <${Time} at=${state.at} />: ${state.reason}`}
    </p>
    ${
      mayDecide
        ? html`<${Decide} label=${isOff ? 'Reason to stop all writes' : 'Reason to open writes again'} actions=${[
            isOff
              ? { name: 'Stop all writes', tone: 'danger', run: set(true) }
              : { name: 'Open writes again', tone: 'main', run: set(false) },
          ]} />`
        : html`<p class="dim">${hint}</p>`
    }
  </section>`;
}

const Counts = ({ title, counts, none }: { title: string; counts: readonly Counted[]; none: string }) =>
  html`<section><h2>${title}</h2>
    ${
      counts.length === 0
        ? html`<p class="dim">${none}</p>`
        : html`<${Table} label=${title} head=${['Name', 'Calls']}>
            ${counts.map(({ name, count }) => html`<tr><td>${name}</td><td class="number">${count}</td></tr>`)}
          </${Table}>`
    }
  </section>`;

function Breakers({
  breakers,
  mayDecide,
  again,
}: {
  breakers: ShownHealth['breakers'];
  mayDecide: boolean;
  again(): void;
}) {
  return html`<section aria-labelledby="breakers">
    <h2 id="breakers">Breakers</h2>
    ${breakers.length === 0 && html`<p class="dim">No component was called yet.</p>`}
    <ul class="plain">
      ${breakers.map(
        ({ component, state }) => html`<li key=${component}>
          ${component} <${Badge} tone=${state === 'closed' ? 'good' : 'bad'}>${state.replace('_', ' ')}</${Badge}>
          ${
            state !== 'closed' &&
            mayDecide &&
            html`<${Decide} label=${`Reason to reset ${component}`} actions=${[
              {
                name: 'Reset',
                tone: 'main',
                run: (reason: string) => post('breakers/reset', { component, reason }).finally(again),
              },
            ]} />`
          }
        </li>`,
      )}
    </ul>
  </section>`;
}

/** How far the audit's disk is from its reserve, and what happens below. */
function Disk({ disk: { free, reserve } }: { disk: NonNullable<ShownHealth['disk']> }) {
  const tone = free < reserve ? 'bad' : free < reserve * NEAR ? 'warn' : 'good';
  const word = { bad: 'below its reserve', warn: 'near its reserve', good: 'above its reserve' }[tone];
  return html`<${Badge} tone=${tone}>${word}</${Badge}> ${sizeOf(free)}, of which ${sizeOf(reserve)} are kept in reserve
    <div class="dim">Below the reserve every new call is refused, and calls that run are recorded to their end. Space that becomes free opens it again within a second or two.</div>`;
}

interface Verified {
  readonly ok: boolean;
  readonly seconds: number;
  readonly chains: readonly {
    records: number;
    unsealed: number;
    problems: readonly { problem: string; seq: number }[];
  }[];
  readonly problems: readonly string[];
}

function AuditState({ audit, disk }: Pick<ShownHealth, 'audit' | 'disk'>) {
  const [said, setSaid] = useState('');
  const verify = () => {
    setSaid('Reading every record ...');
    get<Verified>('audit/verify').then(
      ({ ok, seconds, chains, problems }) => {
        const records = chains.reduce((sum, one) => sum + one.records, 0);
        const wrong = [
          ...problems,
          ...chains.flatMap((one) => one.problems.map(({ seq, problem }) => `${seq}: ${problem}`)),
        ];
        setSaid(
          ok
            ? `The chain holds: ${records.toLocaleString('en')} records in ${seconds.toFixed(1)} s.`
            : `The audit does not verify: ${wrong.slice(0, 5).join('; ')}`,
        );
      },
      (error: Error) => setSaid(error.message),
    );
  };
  return html`<section aria-labelledby="audit-state">
    <h2 id="audit-state">Audit</h2>
    <${Facts} facts=${[
      [
        'Can be written',
        audit.writable
          ? html`<${Badge} tone="good">yes</${Badge}>`
          : html`<${Badge} tone="bad">no</${Badge}> ${audit.reason}`,
      ],
      ['Chain', audit.chain],
      ['Last record', audit.lastSeq.toLocaleString('en')],
      ['Lag', `${Math.round(audit.lagMs)} ms`],
      ['Free on its disk', disk === null ? 'it lies in a database' : html`<${Disk} disk=${disk} />`],
    ]} />
    <button type="button" onClick=${verify}>Verify everything</button>
    <p role="status">${said}</p>
  </section>`;
}

/** The bound of the bucket in which so many of the calls lie. */
function quantile(latency: ShownHealth['latency'], part: number): string {
  const all = latency.find(({ le }) => le === null)?.count ?? 0;
  if (all === 0) return 'no calls yet';
  const found = latency.find(({ le, count }) => le !== null && count >= all * part);
  return found ? `${(found.le ?? 0) * 1000} ms` : 'more than 30 s';
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 GiB`. */
function sizeOf(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${UNITS[power]}`;
}
