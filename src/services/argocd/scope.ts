import type { Target, WriteScope } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { ProjectEntry } from './connection.ts';
import { ApplicationName, ProjectName } from './names.ts';

/** Where Argo CD is installed unless somebody chose otherwise. */
export const USUAL_NAMESPACE = 'argocd';

/** One project in one namespace, and the applications of it that are open. Comes from the topology alone. */
export interface Place {
  readonly project: string;
  readonly namespace: string;
  /** Absent: every application of the project. */
  readonly applications?: readonly string[] | undefined;
}

/** The place that a sub-component's entry names. Throws ToolError('target_required') for a name that is no project's. */
export function placeOf(sub: string | undefined, entry: ProjectEntry): Place {
  const project = sub === undefined ? undefined : ProjectName.safeParse(entry.project ?? sub).data;
  if (project === undefined) throw new ToolError('target_required', 'name one project of the component');
  return { project, namespace: entry.namespace ?? USUAL_NAMESPACE, applications: entry.applications };
}

/** Whether a place leaves an application open, going by its name. */
export const reaches = ({ applications }: Place, name: string): boolean =>
  ApplicationName.safeParse(name).success && (applications === undefined || applications.includes(name));

/** An application inside a target. Only this file makes one, and every path to one is built from it. */
export class ScopedApplication {
  readonly name: string;
  readonly place: Place;

  private constructor(name: string, place: Place) {
    this.name = name;
    this.place = place;
  }

  /** Throws ToolError('not_linked') unless the target reaches the name. */
  static within({ name: called, sub, scope }: Target<ProjectEntry>, name: string): ScopedApplication {
    const place = placeOf(sub, scope);
    if (!reaches(place, name)) {
      const open = place.applications?.join(', ') ?? 'the applications of its project';
      throw new ToolError('not_linked', `application ${name} is outside ${called}, which reaches: ${open}`);
    }
    return new ScopedApplication(name, place);
  }
}

/** What a write on one application names before it runs; `id` is the history entry that it goes to. */
export const writeScopeOf = (target: Target<ProjectEntry>, application: string, id?: number): WriteScope => {
  const { name } = ScopedApplication.within(target, application);
  return {
    resources: [`${target.name}: application ${name}${id === undefined ? '' : ` to ${id}`}`],
    atMost: 1,
  };
};
