/** What a SELECT is made of here. A form that has no place in it cannot be printed, so it cannot be sent. */
export interface Query {
  /** More than one: UNION ALL. */
  readonly arms: readonly [Select, ...Select[]];
}

export interface Select {
  readonly with: readonly Item[];
  readonly distinct: boolean;
  readonly items: readonly Item[];
  readonly from?: From;
  readonly arrayJoin?: { readonly left: boolean; readonly items: readonly Item[] };
  readonly prewhere?: Expr;
  readonly where?: Expr;
  readonly groupBy: readonly Expr[];
  readonly having?: Expr;
  readonly orderBy: readonly Order[];
  readonly limitBy?: Limit & { readonly by: readonly Expr[] };
  readonly limit?: Limit;
}

export interface Item {
  readonly expr: Expr;
  readonly alias?: string;
}

export interface Order {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nulls?: 'FIRST' | 'LAST';
}

/** Rows to keep, after so many were left out. */
export interface Limit {
  readonly count: number;
  readonly offset: number;
}

export interface From {
  readonly first: Source;
  readonly joins: readonly Join[];
}

export interface Join {
  readonly global: boolean;
  /** Empty for a cross join. */
  readonly strictness: '' | 'ANY' | 'ALL' | 'ASOF' | 'SEMI' | 'ANTI';
  readonly side: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS';
  readonly source: Source;
  readonly on?: Expr;
  readonly using?: readonly Expr[];
}

export type Source = TableSource | QuerySource;

/** A table of the target's database, whose name the printer puts before it. */
export interface TableSource {
  readonly kind: 'table';
  readonly name: string;
  readonly alias?: string;
  readonly final: boolean;
  /** `1/10`, with `OFFSET 1/2`. */
  readonly sample?: { readonly ratio: string; readonly offset?: string };
}

export interface QuerySource {
  readonly kind: 'query';
  readonly query: Query;
  readonly alias?: string;
}

export type Expr =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'name'; readonly parts: readonly string[] }
  | { readonly kind: 'star'; readonly of: readonly string[] }
  | Call
  | { readonly kind: 'lambda'; readonly names: readonly string[]; readonly body: Expr }
  | { readonly kind: 'prefix'; readonly sign: '-' | 'NOT'; readonly value: Expr }
  | { readonly kind: 'infix'; readonly sign: Infix; readonly values: readonly Expr[] }
  | { readonly kind: 'between'; readonly not: boolean; readonly values: readonly [Expr, Expr, Expr] }
  | {
      readonly kind: 'in';
      readonly not: boolean;
      readonly global: boolean;
      readonly value: Expr;
      readonly set: readonly Expr[] | Query;
    }
  | { readonly kind: 'is-null'; readonly not: boolean; readonly value: Expr }
  | {
      readonly kind: 'case';
      readonly value?: Expr;
      readonly branches: readonly (readonly [Expr, Expr])[];
      readonly otherwise?: Expr;
    }
  | { readonly kind: 'cast'; readonly value: Expr; readonly type: string }
  | { readonly kind: 'interval'; readonly value: Expr; readonly unit: string }
  | { readonly kind: 'array' | 'tuple'; readonly items: readonly Expr[] }
  | { readonly kind: 'element'; readonly of: Expr; readonly at: Expr }
  | { readonly kind: 'place'; readonly of: Expr; readonly at: string }
  | { readonly kind: 'query'; readonly query: Query };

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  /** Of a parametric aggregate: `quantile(0.9)(x)`. */
  readonly params?: readonly Expr[];
  readonly distinct: boolean;
  readonly args: readonly Expr[];
}

export type Infix =
  | 'AND'
  | 'OR'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'NOT LIKE'
  | 'ILIKE'
  | 'NOT ILIKE'
  | '||'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';
