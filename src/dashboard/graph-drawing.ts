import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import type { ShownComponent, ShownLink, ShownStack } from '../server/console/wire.ts';
import { useLaidOut } from './laid-out.ts';

const HEIGHT = 44;
const widthOf = ({ name, type }: ShownComponent) =>
  Math.max(90, 22 + Math.max(name.length * 7.6, type.length * 6.2));

interface DrawingProps {
  readonly stack: ShownStack;
  readonly chosen: ShownLink | undefined;
  onChoose(link: ShownLink): void;
}

/**
 * The topology as layers, users to the left of what they use. A picture for the eye and the mouse: the list of links
 * beside it holds and does the same for the keyboard and for who does not see.
 */
export function GraphDrawing({ stack, chosen, onChoose }: DrawingProps) {
  const shape = JSON.stringify([
    stack.components.map(({ name, type }) => [name, type]),
    stack.links.map(({ from, to, type }) => [from, to, type]),
  ]);
  const task = useMemo(
    () => ({
      nodes: stack.components.map((one) => ({ id: one.name, width: widthOf(one), height: HEIGHT })),
      edges: stack.links.map(({ from, to, type }) => ({ from, to, name: type })),
    }),
    [shape],
  );
  const laidOut = useLaidOut(task);
  if (!laidOut)
    return html`<p class="dim" role="status">Drawing ${stack.components.length} components ...</p>`;
  const { width, height, nodes, edges } = laidOut;
  return html`<div class="drawing" role="region" aria-label="The topology as a picture" tabindex="0">
    <svg
      role="img"
      aria-label=${`${stack.components.length} components and ${stack.links.length} links; the list of links has the same`}
      width=${width}
      height=${height}
      viewBox=${`0 0 ${width} ${height}`}
    >
      ${stack.links.map((link, index) => {
        const path = curve(edges[index] ?? []);
        const classes = `link ${link.access}${link.counts ? '' : ' out'}${link === chosen ? ' chosen' : ''}`;
        return html`<g class=${classes} onClick=${() => onChoose(link)}>
          <path class="near" d=${path} />
          <path class="line" d=${path} />
          <title>${`${link.from} ${link.type} ${link.to}: ${link.access}`}</title>
        </g>`;
      })}
      ${stack.components.map((one) => {
        const at = nodes[one.name];
        return at && html`<${Box} one=${one} at=${at} />`;
      })}
    </svg>
  </div>`;
}

function Box({ one, at }: { one: ShownComponent; at: { x: number; y: number } }) {
  const width = widthOf(one);
  const isBroken = one.breaker === 'open' || one.breaker === 'half_open';
  const classes = `box layer-${one.layer}${one.protected ? ' protected' : ''}${one.external ? ' external' : ''}${isBroken ? ' broken' : ''}`;
  const words = [
    one.title ?? one.name,
    one.type,
    one.layer,
    one.protected ? 'protected' : '',
    one.external ? 'external' : '',
    isBroken ? 'breaker open' : '',
  ];
  return html`<g class=${classes} transform=${`translate(${at.x - width / 2} ${at.y - HEIGHT / 2})`}>
    <rect width=${width} height=${HEIGHT} rx="7" />
    <text x="11" y="19" class="title">${one.name}</text>
    <text x="11" y="35" class="kind">${isBroken ? `${one.type} · broken` : one.type}</text>
    <title>${words.filter(Boolean).join(' · ')}</title>
  </g>`;
}

/** Smooth through the bends, straight where there are none. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  return rest.reduce((path, { x, y }, index) => {
    const before = points[index] ?? first;
    const middle = (before.x + x) / 2;
    return `${path} C${middle} ${before.y} ${middle} ${y} ${x} ${y}`;
  }, `M${first.x} ${first.y}`);
}
