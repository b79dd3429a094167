import {
  arrow,
  COMPONENT,
  describe,
  lines,
  named,
  type PromptTemplate,
  section,
  toolsOn,
  usedBy,
} from './template.ts';

export const diagnoseComponent: PromptTemplate = {
  name: 'diagnose_component',
  title: 'Diagnose a component',
  description: 'Find out what is wrong with one component, by reading alone',
  arguments: [COMPONENT],
  write(catalog, given) {
    const component = named(catalog.graph, given, 'component');
    return lines(
      `Find out what is wrong with ${component.name} of the stack ${catalog.graph.stack}, by reading alone. Change nothing.`,
      describe(component),
      section('What it uses', catalog.graph.links.filter(({ from }) => from === component.name).map(arrow)),
      section('What uses it', catalog.graph.links.filter(({ to }) => to === component.name).map(arrow)),
      section('Tools that work on it', toolsOn(catalog, component.name, 'read')),
      section(
        'Tools that work on what it uses',
        usedBy(catalog.graph, component.name).flatMap((name) => toolsOn(catalog, name, 'read')),
      ),
      'Begin with the component itself, then follow the links from it, nearest first. For each claim name the call that shows it. Say plainly what you could not see, and that nothing is wrong if that is what the calls show.',
    );
  },
};
