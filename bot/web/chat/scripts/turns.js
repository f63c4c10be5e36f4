// The turns of a reflection as the server last told them, by number.

// How far a turn is; what comes late, or twice, takes nothing back.
const PROGRESS = { kept: 0, held: 1 };
const progress = ({ state }) => PROGRESS[state] ?? 2;

/** Say whether a turn's safety message only asks: it may have heard wrong, and is no alarm. */
export const isOnlyACheck = ({ concerns }) => concerns.length > 0 && concerns.every(({ level }) => level === "check");

/** Keep turns; the same one may come several times, and in any order. */
export function keepTurns() {
  const turns = new Map();

  function inOrder() {
    return [...turns.values()].sort((one, other) => one.turn - other.turn);
  }

  /** Take a turn, and say whether it is further than it was known to be. */
  function take(turn) {
    const known = turns.get(turn.turn);
    const far = known ? progress(known) : -1;
    if (progress(turn) >= far) turns.set(turn.turn, turn);
    return progress(turn) > far;
  }

  // The last turn before the first that still waits or was never told: it may have come or been
  // answered while the line was down, and must be told again.
  function lastSettled() {
    let settled = -1;
    while (turns.has(settled + 1) && progress(turns.get(settled + 1)) === 2) settled += 1;
    return settled;
  }

  /** Say whether a number is missing. */
  const hasGap = () => turns.size > 0 && turns.size <= inOrder().at(-1).turn;

  return { take, inOrder, lastSettled, hasGap, last: () => inOrder().at(-1) };
}
