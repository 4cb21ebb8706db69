"""A record's life on one screen: its states and the verbs that move it between them. An illegal move is an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import IllegalMove


@dataclass(frozen=True)
class Move:
    """`verb` leads from any of `sources` to `target`; without a target the record stays in its state."""

    verb: str
    sources: tuple[str, ...]
    target: str = ""


@dataclass(frozen=True)
class Workflow:
    """Moves between states. In states outside `editable` the record and its lines are frozen, but for the fields in `loose`."""

    state: str
    moves: tuple[Move, ...]
    editable: frozenset[str]
    loose: frozenset[str] = frozenset()
    _by_verb: Mapping[str, Move] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_verb = {move.verb: move for move in self.moves}
        if len(by_verb) != len(self.moves):
            raise ValueError("a verb stands twice in one workflow")
        object.__setattr__(self, "_by_verb", by_verb)

    def open_moves(self, state: str) -> tuple[str, ...]:
        """The verbs that are possible in that state, in the order they were declared."""
        return tuple(move.verb for move in self.moves if state in move.sources)

    def leads(self, before: str, after: str) -> bool:
        """True when some verb leads from the one state to the other."""
        return any(before in move.sources and move.target == after for move in self.moves)

    def reversible(self, before: str, after: str) -> bool:
        """Whether the move from the one state to the other can be taken back: not one from or to where the record may be edited,
        which gave it its number or ended it before it had one.
        """
        return before != after and self.editable.isdisjoint((before, after))

    def verb_to(self, before: str, after: str) -> str:
        """The first verb that leads from the one state to the other, "" for none."""
        return next((move.verb for move in self.moves if before in move.sources and move.target == after), "")

    def target(self, record: str, state: str, verb: str, resource: str = "") -> str:
        """The state that `verb` leads to. Raises IllegalMove, naming the record and the moves that are open.

        With the Resource's name these are said in its words.
        """
        move = self._by_verb.get(verb)
        if move is None or state not in move.sources:
            raise IllegalMove(record, state, verb, self.open_moves(state), resource)
        return move.target or state
