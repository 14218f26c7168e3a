"""A module that cannot be imported."""

raise BaseException("half a plugin\nin two lines")
