"""How tests and the nursery put lengths and numbers into bytes."""

import struct

HEAD = struct.Struct("!I")
NUMBER = struct.Struct("!i")
