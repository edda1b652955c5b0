"""Pages as workers write them: all templates are compiled before a worker is forked.

A process that only asks for pages does without.
"""

from kg_api.site import templating, write

__all__ = ["write"]

templating.compile_all()
