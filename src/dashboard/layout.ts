import * as dagre from '@dagrejs/dagre';

/** What is laid out, and what comes back: centres of boxes and the bends of lines. Runs beside the page, which stays usable. */
export interface LayoutTask {
  readonly nodes: readonly { id: string; width: number; height: number }[];
  readonly edges: readonly { from: string; to: string; name: string }[];
}
export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly nodes: Readonly<Record<string, { x: number; y: number }>>;
  readonly edges: readonly (readonly { x: number; y: number }[])[];
}

/** Past this many boxes the layers come from the longest path: network simplex would take many seconds. */
const MANY = 250;

function layOut({ nodes, edges }: LayoutTask): LaidOut {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  const ranker = nodes.length > MANY ? 'longest-path' : 'network-simplex';
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 90, marginx: 12, marginy: 12, ranker });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { from, to, name } of edges) graph.setEdge(from, to, {}, name);
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const at = (id: string) => {
    const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
    return { x, y };
  };
  return {
    width,
    height,
    nodes: Object.fromEntries(nodes.map(({ id }) => [id, at(id)])),
    edges: edges.map(({ from, to, name }) => {
      const { points = [] } = graph.edge(from, to, name) as { points?: { x: number; y: number }[] };
      return points.map(({ x, y }) => ({ x, y }));
    }),
  };
}

addEventListener('message', ({ data }: MessageEvent<{ id: number; task: LayoutTask }>) =>
  postMessage({ id: data.id, laidOut: layOut(data.task) }),
);
