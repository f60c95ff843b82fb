"""The pages' surroundings: the fixed clock, and the demo world, loaded once for each module."""

from tests.world.loaded import _fixed_clock, world

__all__ = ["_fixed_clock", "world"]
