"""From the files in `realm-config/` to the typed model: reading, schema, rules, one list of problems.

Reads files and nothing else: no network, no clock of its own beyond the default for `today`.
"""

from provisioning.registry.errors import InvalidConfiguration
from provisioning.registry.loading import load_configuration
from provisioning.registry.problems import LoadResult, Problem, Severity
from provisioning.registry.reading_cache import ReadingCache

__all__ = ["InvalidConfiguration", "LoadResult", "Problem", "ReadingCache", "Severity", "load_configuration"]
