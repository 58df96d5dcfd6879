"""Moving few units of a class between bins until each bin has enough images and none too many."""

from bisect import insort
from collections.abc import Sequence


class ClassBalance:
    """The units of one class in bins that lie in order on a line, as the draws of the units do.

    Overfull bins give to `rest`, then short ones take from it; where it cannot, to the bin with the most room and from
    the one that can spare the most. The unit moves that is nearest to where it goes, so a unit that comes or goes later
    changes at most the last move. A unit is passed over if it is too large for where it would go, or too large to be
    spared. A bin that stays empty gets the smallest unit of a bin that has others.

    Args:
        bins: of each unit, in the order of the draws.
        sizes: images of each unit.
        least: fewest images of each bin.
        most: most images of each bin.
        rest: the bin that gives and takes first; None: there is none.
    """

    def __init__(
        self, bins: Sequence[int], sizes: Sequence[int], least: Sequence[int], most: Sequence[int], rest: int | None
    ) -> None:
        self.sizes, self.least, self.most, self.rest = sizes, least, most, rest
        self.members: list[list[int]] = [[] for _ in least]
        for unit, number in enumerate(bins):
            self.members[number].append(unit)
        self.counts = [sum(sizes[unit] for unit in units) for units in self.members]

    def balanced(self) -> list[int]:
        """Move units; return the bin of each."""
        for source, most in enumerate(self.most):
            while self.counts[source] > most and self._give(source):
                pass
        for target, least in enumerate(self.least):
            while self.counts[target] < least and self._take(target):
                pass
        bins = [0] * len(self.sizes)
        for number, units in enumerate(self.members):
            for unit in units:
                bins[unit] = number
        return bins

    def _give(self, source: int) -> bool:
        """Move a unit out of a bin; return whether there was a place for one."""
        room = [most - count for most, count in zip(self.most, self.counts, strict=True)]
        targets = sorted(self._others(source), key=lambda number: (number != self.rest, -room[number], number))
        spare = self.counts[source] - self.least[source]
        for target in targets:
            for unit in self._towards(source, target) if room[target] > 0 else ():
                size = self.sizes[unit]
                if size <= room[target] and (size <= spare or size > self.most[source]):
                    return self._move(unit, source, target)
        return any(self._move_smallest(source, target) for target in targets if self.most[target])

    def _take(self, target: int) -> bool:
        """Move a unit into a bin; return whether one could be had."""
        spare = [count - least for count, least in zip(self.counts, self.least, strict=True)]
        sources = sorted(self._others(target), key=lambda number: (number != self.rest, -spare[number], number))
        room = self.most[target] - self.counts[target]
        for source in sources:
            for unit in self._towards(source, target) if spare[source] > 0 else ():
                if self.sizes[unit] <= min(room, spare[source]):
                    return self._move(unit, source, target)
        return any(self._move_smallest(source, target) for source in sources)

    def _others(self, one: int) -> list[int]:
        return [number for number in range(len(self.members)) if number != one]

    def _towards(self, source: int, target: int) -> Sequence[int]:
        """Return the units of a bin, the nearest to another first."""
        return self.members[source] if target < source else self.members[source][::-1]

    def _move_smallest(self, source: int, target: int) -> bool:
        """Move the smallest unit of a bin that has several into an empty one; return whether they are so."""
        units = self._towards(source, target)
        if self.members[target] or len(units) < 2:
            return False
        return self._move(min(units, key=self.sizes.__getitem__), source, target)

    def _move(self, unit: int, source: int, target: int) -> bool:
        self.members[source].remove(unit)
        insort(self.members[target], unit)
        self.counts[source] -= self.sizes[unit]
        self.counts[target] += self.sizes[unit]
        return True
