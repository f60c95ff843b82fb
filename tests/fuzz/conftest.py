"""Each of these tests has a world and a server of its own."""

from tests.world.fixtures import demo_worlds, serve, world

__all__ = ["demo_worlds", "serve", "world"]
