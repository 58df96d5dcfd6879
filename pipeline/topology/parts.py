"""A part of the network, as in the paper's Table 1."""

from dataclasses import dataclass

from pipeline.topology.planned_cost import Cost


@dataclass(frozen=True)
class Part:
    """A row of a table of the network.

    Attributes:
        name: such as `inception 3a`.
        output: (height, width, channels), or (units,).
        cost: for one image.
    """

    name: str
    output: tuple[int, ...]
    cost: Cost
