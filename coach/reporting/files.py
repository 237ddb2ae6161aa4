"""Write a file whole or not at all. What reports are written with; the store writes with it too."""

from coach.files import placing, write_atomically

__all__ = ["placing", "write_atomically"]
