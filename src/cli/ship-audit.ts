import type { Shipping } from '../audit/ship/ship.ts';
import type { Stackward } from '../stackward.ts';
import type { World } from './command.ts';

export interface ShipAuditOptions {
  readonly env: World['env'];
  /** Hears what an operator should know, masked. */
  readonly warn: (message: string) => void;
  /** Hears of the shipping, where there is one. */
  readonly onShipping?: (shipping: Shipping) => void;
}

/**
 * Runs `work`, and meanwhile ships the audit to the Loki that `STACKWARD_AUDIT_LOKI_URL` names, if it names one.
 * Throws an Error for settings that do not fit, and ToolError for a token that cannot be read: a server whose audit
 * should leave the machine does not start without.
 */
export async function shippingAudit(
  stackward: Stackward,
  { env, warn, onShipping }: ShipAuditOptions,
  work: () => Promise<void>,
): Promise<void> {
  const { lokiPlaceIn } = await import('../audit/ship/loki-place.ts');
  const onReport = (message: string) => warn(stackward.mask.text(message));
  const onSecret: Parameters<typeof lokiPlaceIn>[0]['onSecret'] = (secret) =>
    stackward.mask.register(secret, 'stackward');
  const place = lokiPlaceIn({ env, onSecret, onReport });
  if (!place) return work();
  await place.headers();
  if (place.warning !== undefined) onReport(place.warning);
  const [{ pushTo }, { openShipping }] = await Promise.all([
    import('../audit/ship/push.ts'),
    import('../audit/ship/ship.ts'),
  ]);
  const shipping = openShipping({
    book: stackward.auditBook,
    documents: stackward.stores.documents('stack'),
    leases: stackward.stores.leases,
    push: pushTo(place, () => stackward.catalogs.graph().stack),
    onReport,
  });
  onShipping?.(shipping);
  return work().finally(() => shipping.close());
}
