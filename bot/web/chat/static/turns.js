// The turns of a reflection as the server last told them, by number.

/** Say whether a turn's safety message only asks: it may have heard wrong, and is no alarm. */
export const isOnlyACheck = ({ concerns }) => concerns.length > 0 && concerns.every(({ level }) => level === "check");

/** Keep turns; the same one may come several times, and in any order. */
export function keepTurns() {
  const turns = new Map();

  function inOrder() {
    return [...turns.values()].sort((one, other) => one.turn - other.turn);
  }

  function take(turn) {
    const known = turns.get(turn.turn);
    // "Kept" can be overtaken by its own answer.
    if (!(known && known.state !== "kept" && turn.state === "kept")) turns.set(turn.turn, turn);
  }

  // The last turn before the first that still waits: that one may have been answered while
  // the line was down, and must be told again.
  function lastSettled() {
    const all = inOrder();
    const open = all.find((turn) => turn.state === "kept" || turn.state === "held");
    return (open ? open.turn - 1 : all.at(-1)?.turn) ?? -1;
  }

  return { take, inOrder, lastSettled, last: () => inOrder().at(-1) };
}
