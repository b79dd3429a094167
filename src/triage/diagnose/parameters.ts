/**
 * Every number the diagnoser rests on, with its reason. None was fitted to one case: docs/diagnoser.md says which
 * were looked at on which data, and how little the results move when one is halved or doubled.
 */
export const PARAMETERS = {
  /** An interquartile range over this is a standard deviation, for a normal distribution. */
  iqrPerDeviation: 1.349,
  /**
   * The 99th percentile of normal operation counts as this many deviations at least, so that a series with a heavy
   * tail is not anomalous for showing it.
   */
  tailDeviations: 3,
  /** A change below this share of a series' own level is no news, however still the series was... */
  ownFloor: 0.005,
  /** ...and with n points of reference, neither is one below this share over n: few points hide the spread. */
  fewPoints: 0.3,
  /** Nor is one below this share of what the metric is over all components: half a per cent of the usual latency. */
  poolFloor: 0.005,
  /** The same for traffic, where a small flow comes and goes. */
  trafficPoolFloor: 0.05,
  /** Where the level just before differs from the baseline, this share of the difference counts as spread. */
  driftSpread: 0.5,
  /** An incident's value is this quantile of its points, so that a single spike among several is not enough. */
  sustained: 0.75,
  /** Without a baseline, the last of the points before the incident, this share, may belong to it. */
  guard: 0.2,
  /** Beyond this many, more deviations say no more. */
  mostDeviations: 1_000,
  /** What happened later than this after the alert is another story. Seconds. */
  horizon: 1_200,
  /** Deviations at which a series is called anomalous. */
  anomalous: 4,
  /** An anomaly counts for at most this many times what it does to its caller, in the caller's deviations. */
  noticed: 3,
  /** A change in traffic is mostly a consequence: callers failed, or users left. */
  trafficWeight: 0.3,
  /** A metric of unknown meaning can go wrong either way, and may not matter. */
  otherWeight: 0.5,
  /** Log templates are text that anybody can write; they support what was measured. */
  logWeight: 0.5,
  /** At most this much of an anomaly is explained by a callee that is anomalous in another kind of metric. */
  crossKind: 0.5,
  /** What a callee accounts for counts fully from this many deviations on, and less below, where it may be noise. */
  noise: 2,
  /** No anomaly is explained away wholly: two components that call each other must not clear each other. */
  mostExplained: 0.9,
  /** All replicas missing count as this many deviations; some, as their share of it. */
  replicaDeviations: 20,
  /** For each component on the way from the alert that looks normal, a suspicion behind it counts this much. */
  quietHop: 0.6,
  /** A caller of what alerted may flood it, but is rarely to blame. */
  upstream: 0.4,
  /** What no link joins to the alert. */
  unlinked: 0.2,
  /** Something is wrong where suspect and alerting component are, on average, this strong: log(1 + 2.5 deviations). */
  present: 1.25,
  /** How much stronger or weaker moves the chance from a half to 3 in 4, or 1 in 4. */
  presentWidth: 0.2,
  /** How far the first suspect's lead counts: suspicions are compared in this power. */
  sharpness: 3,
  /** A second suspect with more than this share of the first one's suspicion is its rival... */
  rival: 0.7,
  /** ...and then the first is at most this likely to be the one. */
  mostWithRival: 0.45,
  /** What logs alone say is at most this likely: anybody who can write a line can write this one. */
  mostFromText: 0.4,
  /** How many templates of logs are shown as evidence. */
  mostTemplates: 3,
  /** A deploy counts fully at the onset, and no longer when it is this old. Seconds. */
  deployWindow: 7_200,
  /** A deploy at the onset multiplies the suspicion against its own anomalous component by one plus this. */
  deployBoost: 0.5,
} as const;
